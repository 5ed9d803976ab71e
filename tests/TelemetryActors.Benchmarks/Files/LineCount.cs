namespace TelemetryActors.Benchmarks.Files;

/// <summary>What is on disk, against what was handed over.</summary>
/// <param name="Missing">Events without a line.</param>
/// <param name="Doubled">Lines beyond an event's first.</param>
/// <param name="Malformed">Torn lines, and lines of events that nobody handed over.</param>
/// <param name="BytesPerLine">The mean length of an event's line.</param>
internal sealed record LineCount(long Missing, long Doubled, long Malformed, double BytesPerLine)
{
    /// <summary>Each event has exactly one line, and there is nothing else.</summary>
    public bool IsExact => Missing == 0 && Doubled == 0 && Malformed == 0;
}
