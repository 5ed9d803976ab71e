using TelemetryActors.Encoding;
using TelemetryActors.Engine;
using TelemetryActors.Log;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>A line that may be appended: all of it was read, and every reader of a log takes it for an event.</summary>
internal readonly ref struct LineFrame
{
    // With its line feed it fits what every reader of ring and log holds at least.
    private const int MaxLineBytes = BatchReader.MaxEventBytes - 1;

    private LineFrame(EventLine line)
    {
        Line = line;
        Id = IdOf(line);
    }

    /// <summary>The event.</summary>
    public EventLine Line { get; }

    /// <summary>The line's id; empty when it has none.</summary>
    public ReadOnlySpan<byte> Id { get; }

    /// <summary>Whether it may say something of its run's life.</summary>
    public bool IsTelling => Line.MayBeOfRun;

    /// <summary>Reads a line; copies and decodes nothing of one that this house encoded.</summary>
    /// <param name="line">Without its line feed.</param>
    /// <param name="frame">What is known of it.</param>
    /// <param name="fault">Why it must not come into a log; null when it may.</param>
    public static bool TryRead(ReadOnlyMemory<byte> line, out LineFrame frame, out string? fault)
    {
        fault = FaultOf(line, out var parsed);
        frame = fault is null ? new LineFrame(parsed) : default;
        return fault is null;
    }

    // What one reader counts as an event and another passes over is lost to the second, and neither knows which of them is right.
    private static string? FaultOf(ReadOnlyMemory<byte> line, out EventLine parsed)
    {
        parsed = default;
        return line.Length > MaxLineBytes ? $"a line has {line.Length} bytes, and a log takes {MaxLineBytes}"
            : !EventLine.TryParse(line, out parsed, out var why) ? $"a line is no event: {why}"
            : parsed.IsAnchor ? "a line is a log's anchor, which is no event"
            : !LogAnchor.LooksLikeEvent(line.Span) ? "a line is no event of a log: it must begin with {\"ts\":\", end with } and have no control characters"
            : null;
    }

    private static ReadOnlySpan<byte> IdOf(EventLine line)
    {
        var id = line.Raw(EnvelopeKey.Id);
        return id.IsEmpty ? default
            : id.Contains((byte)'\\') ? System.Text.Encoding.UTF8.GetBytes(line.Id!)
            : id[1..^1];
    }
}
