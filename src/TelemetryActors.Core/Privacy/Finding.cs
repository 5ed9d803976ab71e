namespace TelemetryActors.Privacy;

/// <summary>A piece of a text that is taken out.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">Behind its last character.</param>
internal readonly record struct Finding(int Start, int End)
{
    /// <summary>Nothing was found.</summary>
    public static Finding None => default;

    /// <summary>Whether something was found.</summary>
    public bool IsFound => End > Start;
}
