using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>The events of a stranded ring that its slot's log did not have when the slot went on without it. Looked at, not taken.</summary>
/// <param name="Ring">The ring, which nobody records to any more.</param>
/// <param name="From">Before the first of them.</param>
/// <param name="Lost">How many more stood right before that and are in neither: the ring was written over.</param>
internal sealed record StrandedRest(EventRing Ring, Cursor From, long Lost)
{
    private const int ChunkBytes = 128 * 1024;

    /// <summary>The log's files that may show some of them though the device does not have them: an fsync failed, and nothing was written again since.</summary>
    public IReadOnlyCollection<string> Doubtful { get; private init; } = [];

    /// <summary>Told of one event.</summary>
    /// <param name="line">Its line, with the line feed.</param>
    /// <param name="before">Where it stands in the ring.</param>
    public delegate void Taking(ReadOnlyMemory<byte> line, Cursor before);

    public long Events => Ring.Tail.Ordinal - From.Ordinal;

    /// <summary>What of a ring is behind the log's stretches below the place where its slot goes on, or behind the log's progress as the ring says it.</summary>
    public static StrandedRest Of(EventRing ring, LogIndex index, LogFolder folder)
    {
        var tail = ring.Tail;
        var furthest = index.Stretches.Where(stretch => stretch.Start.Stream == tail.Stream && stretch.EndPosition <= tail.Position).MaxBy(stretch => stretch.EndPosition);
        var end = furthest is null ? ring.Head : Math.Max(furthest.EndPosition, ring.Head);
        if (new LogEnd(end, folder, furthest).IsEdited(ring))
        {
            end = ring.Head;
        }

        var failed = ring.FailedSync is { } place && place.Position < end ? place.Position : (long?)null;
        end = failed ?? end;
        var from = RingReader.TryLocate(ring, end) ?? RingReader.Oldest(ring);
        return new StrandedRest(ring, from, furthest is not null && furthest.EndPosition == end ? Math.Max(from.Ordinal - furthest.End.Ordinal, 0) : 0)
        {
            Doubtful = failed is null ? [] : [.. index.Stretches.Where(stretch => stretch.Start.Position < tail.Position && stretch.EndPosition > failed).Select(stretch => folder.PathOf(stretch.File))],
        };
    }

    /// <summary>Their ids.</summary>
    public LineIds Ids()
    {
        var ids = new LineIds();
        ForEach((line, _) => ids.Add(line.Span[..^1]));
        return ids;
    }

    /// <summary>Goes through them, oldest first.</summary>
    public void ForEach(Taking take)
    {
        var buffer = new byte[ChunkBytes];
        for (var at = From; RingReader.TryRead(Ring, at, int.MaxValue, buffer) is { Bytes: > 0 } read;)
        {
            for (ReadOnlyMemory<byte> lines = buffer.AsMemory(0, read.Bytes); !lines.IsEmpty;)
            {
                var length = lines.Span.IndexOf((byte)'\n') + 1;
                take(lines[..length], at);
                at = new Cursor(at.Stream, at.Position + length, at.Ordinal + 1);
                lines = lines[length..];
            }
        }
    }
}
