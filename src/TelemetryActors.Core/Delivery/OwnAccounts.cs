using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>Where a sink that keeps its accounts with its data goes on: there, unless what it delivered last was not settled here.</summary>
/// <remarks>
/// Its cursor moves with the effect, before dead letters are written; what is kept here moves after them. Between the two a process may end, and then what
/// lies between them is delivered once more: the sink stores nothing twice and says again what it refuses. What was given up since the sink took something is
/// kept here alone: the sink counts it with the batch that it takes next.
/// </remarks>
internal static class OwnAccounts
{
    /// <summary>The accounts to go on from.</summary>
    /// <param name="settled">What was kept when all was settled.</param>
    /// <param name="own">What the sink's own data say.</param>
    /// <param name="isKnown">Whether it is known what was settled: then what is not among it was not, and comes again. Not so where the state was lost.</param>
    public static IReadOnlyList<SinkAccount> ToGoOnFrom(IReadOnlyList<SinkAccount> settled, IReadOnlyList<SinkAccount> own, bool isKnown = true) =>
        [.. own.Select(account => isKnown ? Known(settled.FirstOrDefault(before => before.Slot == account.Slot), account) : account)];

    /// <summary>Whether the sink's data know less than was settled, or nothing is known to be: what was a dead letter before is then counted by no account.</summary>
    public static bool StartOver(IReadOnlyList<SinkAccount> settled, IReadOnlyList<SinkAccount> toGoOnFrom)
    {
        var known = settled.Where(HasSettled).ToList();
        return known.Count == 0 || known.Exists(before => !toGoOnFrom.Any(account => account.Slot == before.Slot && !IsLess(account, before)));
    }

    private static SinkAccount Known(SinkAccount settled, SinkAccount own) =>
        !HasSettled(settled) ? SinkAccount.StartAtOldest(own.Slot)
        : own.Cursor.Stream == StreamId.None ? own
        : IsAheadByLosses(settled, own) ? settled with { Told = own.Dropped }
        : IsBehind(settled, own) ? settled
        : own;

    // A slot of which only the tail was seen has settled nothing. One whose stream has ended has a count, and no cursor.
    private static bool HasSettled(SinkAccount account) => account.Cursor.Stream != StreamId.None || account.Accepted > account.Pending;

    // The sink took more than was settled: of the same stream, or of the next one, for which it carries what was settled of this one.
    private static bool IsBehind(SinkAccount settled, SinkAccount own) => settled.Cursor.Stream == own.Cursor.Stream
        ? settled.Cursor.Ordinal < own.Cursor.Ordinal
        : own.Carried >= settled.Accepted - settled.Pending && settled.Delivered <= own.Delivered && settled.DeadLettered <= own.DeadLettered;

    private static bool IsLess(SinkAccount account, SinkAccount before) => account.Cursor.Stream == before.Cursor.Stream
        ? account.Cursor.Ordinal < before.Cursor.Ordinal
        : account.Delivered < before.Delivered;

    // Nothing but losses lies between the two: in the same stream just as many as the cursor moved.
    private static bool IsAheadByLosses(SinkAccount settled, SinkAccount own)
    {
        var lost = settled.Dropped.Total - own.Dropped.Total;
        return lost > 0 && settled.IsBalanced
            && (settled.Delivered, settled.DeadLettered, settled.Replayed) == (own.Delivered, own.DeadLettered, own.Replayed)
            && (settled.Cursor.Stream != own.Cursor.Stream || settled.Cursor.Ordinal - own.Cursor.Ordinal == lost);
    }
}
