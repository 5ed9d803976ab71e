using TelemetryActors.Delivery;
using TelemetryActors.Log;
using TelemetryActors.Ring;

namespace TelemetryActors.Sinks.JsonLines;

/// <summary>Writes the event log: a sink like the others, but the one whose progress makes room in the ring.</summary>
internal sealed class JsonLinesSink(EventLog log, EventRing ring, FlushQueue flushes, FsyncMode mode, int slot, Action requestSync) : ISink, IKeepsAccounts
{
    // Above this an fsync takes long enough for a busy ring to fill: it is left to the syncing thread.
    private const long MostBytesToSyncInline = 4 * 1024 * 1024;

    public IReadOnlyList<SinkAccount> LoadAccounts() => [SinkAccount.StartAt(slot, log.Written)];

    public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        try
        {
            log.Append(batch.Lines.Span, batch.Start, batch.End);
            if (mode == FsyncMode.Always || (flushes.HasWaiters && log.UnsyncedBytes <= MostBytesToSyncInline))
            {
                log.Sync();
                flushes.Complete(log.Synced);
            }
            else if (flushes.HasWaiters)
            {
                requestSync();
            }

            ring.AdvanceHead(batch.End.Position);
            return new ValueTask<SinkOutcome>(SinkOutcome.Delivered);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ValueTask<SinkOutcome>(new SinkOutcome.Retry(exception.Message));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
