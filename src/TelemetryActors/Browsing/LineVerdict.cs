namespace TelemetryActors.Browsing;

/// <summary>What a line of a log file is to someone who looks for events.</summary>
internal enum LineVerdict
{
    /// <summary>An event that was asked for.</summary>
    Wanted,

    /// <summary>Another event, or an anchor.</summary>
    Other,

    /// <summary>No event at all.</summary>
    Garbage,
}
