using System.Globalization;

namespace TelemetryActors.Delivery;

/// <summary>What is kept and shown of a call that the end of a program cut off.</summary>
internal static class CutOffCause
{
    private const string Begin = "no answer within ";
    private const string End = " s at the end of the program";

    /// <summary>The cause.</summary>
    public static string Of(TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture, $"{Begin}{elapsed.TotalSeconds:0.#}{End}");

    /// <summary>Whether a cause is one.</summary>
    public static bool Is(string? cause) => cause is not null && cause.StartsWith(Begin, StringComparison.Ordinal) && cause.EndsWith(End, StringComparison.Ordinal);
}
