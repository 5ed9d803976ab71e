using TelemetryActors.Encoding;

namespace TelemetryActors.Slots;

/// <summary>Tells which lines end runs.</summary>
internal static class RunEnds
{
    /// <param name="line">A line, without the line feed.</param>
    /// <returns>The run; null when the line ends none.</returns>
    public static string? TryParse(ReadOnlyMemory<byte> line) =>
        line.Span.IndexOf("\"run_end\""u8) >= 0 && EventLine.TryParse(line, out var parsed, out _) && parsed.EventIs("run_end"u8) ? parsed.RunId : null;
}
