using TelemetryActors.Delivery;

namespace TelemetryActors.Sqlite;

/// <summary>How far a writer slot's stream is in the store.</summary>
/// <param name="Account">Cursor and counts.</param>
/// <param name="EventsFrom">The ordinal from which on every event has its row; null while events are not stored.</param>
internal readonly record struct StoredAccount(SinkAccount Account, long? EventsFrom)
{
    /// <summary>How many events at a batch's beginning are behind the cursor already: nothing of them is stored twice.</summary>
    public int CountStored(SinkBatch batch) =>
        batch.Start.Stream == Account.Cursor.Stream ? (int)Math.Clamp(Account.Cursor.Ordinal - batch.Start.Ordinal, 0, batch.Count) : 0;

    /// <summary>The account behind a batch.</summary>
    /// <param name="batch">The batch, of which a part may be stored already.</param>
    /// <param name="rejected">Events of it that were no events.</param>
    /// <param name="withEvents">Whether its events have rows.</param>
    public StoredAccount Take(SinkBatch batch, int rejected, bool withEvents)
    {
        var isContinued = CountStored(batch) > 0 || batch.Start == Account.Cursor;
        var account = isContinued ? Account : Account.BeginAt(batch.Start, batch.Gone);
        var from = withEvents ? EventsFrom is { } known && batch.Start.Stream == Account.Cursor.Stream ? known : batch.Start.Ordinal + CountStored(batch) : default(long?);
        account = account.Settle(batch.End, rejected, DropCounts.None);
        return new StoredAccount(account with { Tail = account.Cursor }, from);
    }
}
