using TelemetryActors.Pipeline;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>The events of a ring that are not in the log yet. Looked at, not taken: nothing changes.</summary>
/// <param name="From">Where they begin.</param>
/// <param name="To">Behind the newest.</param>
/// <param name="Overwritten">Events right before them that are in neither.</param>
internal readonly record struct RingRest(Cursor From, Cursor To, long Overwritten)
{
    // A ring that is being run over faster than it is read holds nobody here for ever.
    private const int MostTries = 8;

    public long Events => To.Ordinal - From.Ordinal;

    public long Bytes => To.Position - From.Position;

    /// <summary>Of a ring that a dead writer left, against what the log's files hold.</summary>
    public static RingRest Of(EventRing ring, Cursor logEnd)
    {
        var tail = ring.Tail;
        var from = RingReader.TryLocate(ring, EndIn(ring, tail, logEnd.Position)) ?? RingReader.Oldest(ring);
        return new RingRest(from, tail, Math.Max(from.Ordinal - logEnd.Ordinal, 0));
    }

    /// <summary>Of a ring that a living writer goes on with, by what it says of its log; null when it is overrun faster than it can be read.</summary>
    public static RingRest? OfLiving(EventRing ring)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var head = ring.Head;
            if (head < ring.Floor)
            {
                return null;
            }

            if (RingReader.TryLocate(ring, head) is { } from)
            {
                return new RingRest(from, ring.Tail, 0);
            }
        }

        return null;
    }

    // Files that were edited end anywhere; what the ring says of the log's progress is always between two events.
    private static long EndIn(EventRing ring, Cursor tail, long end) =>
        end > tail.Position || (end >= ring.Floor && end != ring.Head && !RingReader.IsBoundary(ring, end)) ? ring.Head : end;
}
