using TelemetryActors.Delivery;
using TelemetryActors.Encoding;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Finds where a time begins and ends in the event log of every writer slot, so that a replay can be asked for by positions.</summary>
/// <remarks>Reads the log's files once, in the order in which they were written; beside living writers too.</remarks>
internal sealed class ReplayFinder(IFileSystem files, string baseDirectory, TimeProvider time, string? fixedFile = null)
{
    private readonly byte[] _buffer = new byte[1024 * 1024];

    /// <summary>What each slot has of a time: from the first event at or after its beginning up to the first behind that at or after its end.</summary>
    public IReadOnlyList<ReplayFinding> Find(DateTimeOffset from, DateTimeOffset? to)
    {
        var any = new LogFolder(files, baseDirectory, fixedFile, slot: 1);
        return [.. any.AllSlots().Order().Select(slot => Find(slot, from, to))];
    }

    private ReplayFinding Find(int slot, DateTimeOffset from, DateTimeOffset? to)
    {
        var source = new OtherSlotSource(new LogFolder(files, baseDirectory, fixedFile, slot), time);
        var tail = source.Tail;
        DateTimeOffset? oldest = null;
        Cursor? start = null;
        for (var read = source.Read(default, int.MaxValue, _buffer); read.Bytes > 0; read = source.Read(read.End, int.MaxValue, _buffer))
        {
            var index = 0;
            foreach (var line in new SinkBatch(slot, read.Start, read.End, _buffer.AsMemory(0, read.Bytes)).Events())
            {
                if (EventLine.TryParse(line, out var parsed, out _))
                {
                    oldest ??= parsed.Timestamp;
                    if (start is null && parsed.Timestamp >= from)
                    {
                        start = Before(source, read, index);
                    }

                    if (start is { } begun && parsed.Timestamp >= to)
                    {
                        var events = read.Start.Ordinal + index - begun.Ordinal;
                        return new ReplayFinding(slot, oldest, events > 0 ? new ReplayStretch(slot, begun, Before(source, read, index)) : null, events);
                    }
                }

                index++;
            }
        }

        return start is { } first
            ? new ReplayFinding(slot, oldest, new ReplayStretch(slot, first, null), tail.Ordinal - first.Ordinal)
            : new ReplayFinding(slot, oldest, null, 0);
    }

    // Only the source knows the place between two events; what it had read is read again, into memory of its own.
    private static Cursor Before(OtherSlotSource source, EventRead read, int index) =>
        index == 0 ? read.Start : source.Read(read.Start, index, new byte[read.Bytes]).End;
}
