using TelemetryActors.Encoding;
using TelemetryActors.Engine;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>What must be known of a line before it is appended: found at its fixed places when this house encoded it, by reading all of it otherwise.</summary>
internal readonly ref struct LineFrame
{
    private const int IdWidth = EventId.Width;
    private const int NameStart = 45;

    // With its line feed it fits what every reader of ring and log holds at least.
    private const int MaxLineBytes = BatchReader.MaxEventBytes - 1;

    private LineFrame(ReadOnlySpan<byte> id, bool isTelling)
    {
        Id = id;
        IsTelling = isTelling;
    }

    /// <summary>The line's id; empty when it has none.</summary>
    public ReadOnlySpan<byte> Id { get; }

    /// <summary>Whether it may say something of its run's life.</summary>
    public bool IsTelling { get; }

    /// <summary>Reads a line.</summary>
    /// <param name="line">Without its line feed.</param>
    /// <param name="frame">What is known of it.</param>
    /// <param name="fault">Why it must not come into a log; null when it may.</param>
    public static bool TryRead(ReadOnlyMemory<byte> line, out LineFrame frame, out string? fault)
    {
        var bytes = line.Span;
        if (bytes.Length > MaxLineBytes)
        {
            frame = default;
            fault = $"a line has {bytes.Length} bytes, and a log takes {MaxLineBytes}";
            return false;
        }

        if (!IsOurs(bytes))
        {
            return TryReadAll(line, out frame, out fault);
        }

        var name = bytes[NameStart..];
        frame = new LineFrame(bytes.Slice(bytes.Length - IdWidth - 2, IdWidth), name.StartsWith("run_"u8));
        fault = null;
        return true;
    }

    // {"ts":"2026-03-01T12:00:00.000000Z","event":"name",...,"id":"<26 characters>"}
    private static bool IsOurs(ReadOnlySpan<byte> line) =>
        line.Length > NameStart + IdWidth
        && line.StartsWith("{\"ts\":\""u8)
        && line[..NameStart].EndsWith("Z\",\"event\":\""u8)
        && line[..^(IdWidth + 2)].EndsWith(",\"id\":\""u8)
        && line.EndsWith("\"}"u8)
        && EventId.TryRead(line.Slice(line.Length - IdWidth - 2, IdWidth), out _, out _)
        && !line[NameStart..].StartsWith("log_"u8)
        && IsPlain(line[NameStart..]);

    private static bool IsPlain(ReadOnlySpan<byte> name) => name.IndexOfAny((byte)'"', (byte)'\\') is > 0 and var end && name[end] == '"';

    private static bool TryReadAll(ReadOnlyMemory<byte> line, out LineFrame frame, out string? fault)
    {
        frame = default;
        if (!EventLine.TryParse(line, out var parsed, out var why))
        {
            fault = $"a line is no event: {why}";
            return false;
        }

        if (parsed.IsAnchor)
        {
            fault = "a line is a log's anchor, which is no event";
            return false;
        }

        fault = null;
        frame = new LineFrame(System.Text.Encoding.UTF8.GetBytes(parsed.Id ?? ""), parsed.Event.StartsWith("run_", StringComparison.Ordinal));
        return true;
    }
}
