using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Log;
using TelemetryActors.Slots;

namespace TelemetryActors.Sinks.JsonLines;

/// <summary>Writes the event log: a sink like the others, but the one whose progress makes room in the ring.</summary>
internal sealed class JsonLinesSink(WriterSlot slot, FlushQueue flushes, FsyncMode mode, TimeProvider time, Action requestSync) : ISink, IKeepsAccounts, IIdleWork
{
    // Above this an fsync takes long enough for a busy ring to fill: it is left to the syncing thread.
    private const long MostBytesToSyncInline = 4 * 1024 * 1024;

    private static readonly TimeSpan RetainInterval = TimeSpan.FromMinutes(1);

    private readonly EventLog _log = slot.Log;
    private long _retainedAt = time.GetTimestamp();
    private long _toldInDoubt;

    public IReadOnlyList<SinkAccount> LoadAccounts() => [SinkAccount.StartAt(slot.Number, _log.Written)];

    public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        // Looked at before each write: two processes that append to one slot would use its positions twice.
        if (!slot.TryKeepHeld())
        {
            return new ValueTask<SinkOutcome>(new SinkOutcome.Retry($"the lock of writer slot {slot.Number} was deleted, and another process has it now"));
        }

        try
        {
            AppendWhatIsNew(batch);
            TellInDoubt();
            if (mode == FsyncMode.Always || (flushes.HasWaiters && _log.UnsyncedBytes <= MostBytesToSyncInline))
            {
                _log.Sync();
                flushes.Complete(_log.Synced);
            }
            else if (flushes.HasWaiters || (mode == FsyncMode.Never && _log.HasClosedFiles))
            {
                requestSync();
            }

            slot.Ring.AdvanceHead(batch.End.Position);
            return new ValueTask<SinkOutcome>(SinkOutcome.Delivered);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ValueTask<SinkOutcome>(new SinkOutcome.Retry(exception.Message));
        }
    }

    // A call that ran out of its time may have written all the same: what stands in the log already is not written twice.
    private void AppendWhatIsNew(SinkBatch batch)
    {
        _log.RewriteWhatFailed();
        var written = _log.Written;
        var there = written.Stream == batch.Start.Stream ? Math.Max(written.Position - batch.Start.Position, 0) : 0;
        if (there < batch.Lines.Length)
        {
            _log.Append(batch.Lines.Span[(int)there..], there == 0 ? batch.Start : written, batch.End);
        }
    }

    // Who waits for events that a failed fsync may have lost is not told that they are durable.
    private void TellInDoubt()
    {
        var inDoubt = _log.InDoubt;
        if (inDoubt > _toldInDoubt)
        {
            flushes.Fail($"{inDoubt - _toldInDoubt} events are in doubt: an fsync failed, and the ring did not hold them any more");
            _toldInDoubt = inDoubt;
        }
    }

    /// <summary>Writes again what a failed fsync was for, and removes what is not to be kept any longer.</summary>
    public void DoIdleWork()
    {
        if (!slot.TryKeepHeld())
        {
            return;
        }

        try
        {
            if (_log.MustRewrite)
            {
                _log.RewriteWhatFailed();
                TellInDoubt();
                flushes.Complete(_log.Synced);
            }
            else if (flushes.HasWaiters)
            {
                requestSync();
            }

            if (time.GetElapsedTime(_retainedAt) >= RetainInterval)
            {
                _retainedAt = time.GetTimestamp();
                _log.Retain();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            flushes.Fail(exception.Message);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
