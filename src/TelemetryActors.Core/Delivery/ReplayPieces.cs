using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>Cuts a replay along the bounds that its sink has already, so that repeating them makes no doubles.</summary>
internal static class ReplayPieces
{
    /// <summary>What to deliver, in order. Pieces may begin before the wanted range or overlap, where stored bounds do.</summary>
    /// <param name="slot">The writer slot.</param>
    /// <param name="from">Where the replay begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="stored">The bounds that the sink has; those of other streams are passed over.</param>
    public static IReadOnlyList<Redelivery> Of(int slot, Cursor from, Cursor to, IReadOnlyList<EventRange> stored)
    {
        List<Redelivery> pieces = [];
        var front = from;
        var known = stored
            .Where(range => range.Start.Stream == from.Stream && range.Count > 0 && range.End.Ordinal > from.Ordinal && range.Start.Ordinal < to.Ordinal)
            .OrderBy(range => range.Start.Ordinal)
            .ThenByDescending(range => range.End.Ordinal);
        foreach (var range in known)
        {
            if (range.End.Ordinal <= front.Ordinal)
            {
                continue;
            }

            if (range.Start.Ordinal > front.Ordinal)
            {
                pieces.Add(Redelivery.Replay(slot, front, range.Start));
            }

            pieces.Add(Redelivery.Replay(slot, range.Start, range.End, isWhole: true));
            front = range.End;
        }

        if (front.Ordinal < to.Ordinal)
        {
            pieces.Add(Redelivery.Replay(slot, front, to));
        }

        return pieces;
    }
}
