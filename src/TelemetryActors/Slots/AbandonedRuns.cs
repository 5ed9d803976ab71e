using TelemetryActors.Encoding;

namespace TelemetryActors.Slots;

/// <summary>Finds the runs that a dead writer began and never ended.</summary>
/// <remarks>Its last state names those that were open there; what stands behind that, in the log and in a ring that its disk has not taken yet, says what began and ended since.</remarks>
internal static class AbandonedRuns
{
    private const int BufferBytes = 256 * 1024;

    // The event's name stands right behind the timestamp; a line of another event need not be parsed.
    private const int NameWithin = 80;

    public static IReadOnlyCollection<KeyValuePair<string, string>> Of(SlotStart start, SlotSource source)
    {
        var open = new Dictionary<string, string>(start.OpenRuns, StringComparer.Ordinal);
        var buffer = new byte[BufferBytes];
        for (var from = start.KnownTo; from.Position < start.LeftTo.Position;)
        {
            // What is gone can hide an end, and then a run is closed twice: the first end stands.
            var read = source.Read(from, int.MaxValue, buffer);
            Follow(buffer.AsMemory(0, read.Bytes), start.LeftTo.Ordinal - read.Start.Ordinal, start.Writers, open);
            if (read.End.Position <= from.Position)
            {
                break;
            }

            from = read.End;
        }

        return open;
    }

    // What stands behind the last writer's events is this one's own.
    private static void Follow(ReadOnlyMemory<byte> lines, long count, IReadOnlyCollection<string>? writers, Dictionary<string, string> open)
    {
        for (; count > 0 && !lines.IsEmpty; count--)
        {
            var length = lines.Span.IndexOf((byte)'\n') + 1;
            var line = lines[..(length - 1)];
            if (line.Span[..Math.Min(line.Length, NameWithin)].IndexOf("\"event\":\"run_"u8) >= 0
                && EventLine.TryParse(line, out var parsed, out _)
                && parsed.RunId is { } run)
            {
                if (parsed.EventIs("run_start"u8) && IsOwn(parsed, writers))
                {
                    open[run] = parsed.Agent ?? "";
                }
                else if (parsed.EventIs("run_end"u8))
                {
                    open.Remove(run);
                }
            }

            lines = lines[length..];
        }
    }

    // What agents reported, or another program's lines, stands in the same log and did not end with this process.
    private static bool IsOwn(in EventLine line, IReadOnlyCollection<string>? writers) =>
        writers is null || (line.Id is { } id && EventId.InstanceOf(System.Text.Encoding.UTF8.GetBytes(id)) is { } instance && writers.Contains(instance));
}
