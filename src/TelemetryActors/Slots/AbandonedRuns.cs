using TelemetryActors.Encoding;
using TelemetryActors.Log;

namespace TelemetryActors.Slots;

/// <summary>Finds the runs that a dead writer began and never ended.</summary>
/// <remarks>Its last state names those that were open there; the stretch of the log behind it says what began and ended since.</remarks>
internal static class AbandonedRuns
{
    private const int BufferBytes = 256 * 1024;

    // The event's name stands right behind the timestamp; a line of another event need not be parsed.
    private const int NameWithin = 80;

    public static IReadOnlyCollection<KeyValuePair<string, string>> Of(WriterSlot slot)
    {
        var start = slot.Start;
        var open = new Dictionary<string, string>(start.OpenRuns, StringComparer.Ordinal);
        var buffer = new byte[BufferBytes];
        var from = start.KnownTo;
        while (from.Position < start.LeftTo.Position
            && LogReader.TryRead(slot.Folder, slot.Log.Index, from, int.MaxValue, buffer) is { } read
            && (read.Bytes > 0 || read.End.Position > from.Position))
        {
            Follow(buffer.AsMemory(0, read.Bytes), open);
            from = read.End;
        }

        return open;
    }

    private static void Follow(ReadOnlyMemory<byte> lines, Dictionary<string, string> open)
    {
        while (!lines.IsEmpty)
        {
            var length = lines.Span.IndexOf((byte)'\n') + 1;
            var line = lines[..(length - 1)];
            if (line.Span[..Math.Min(line.Length, NameWithin)].IndexOf("\"event\":\"run_"u8) >= 0
                && EventLine.TryParse(line, out var parsed, out _)
                && parsed.RunId is { } run)
            {
                if (parsed.EventIs("run_start"u8))
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
}
