using TelemetryActors.Client;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Log;
using TelemetryActors.Slots;

namespace TelemetryActors.Sinks.JsonLines;

/// <summary>Writes the event log: a sink like the others, but the one whose progress makes room in the ring.</summary>
/// <remarks>Before each write the slot must still be this process's own: two processes that append to one slot would use its positions twice.</remarks>
internal sealed class JsonLinesSink(OwnSlot own, SlotMover mover, FsyncMode mode, TimeProvider time, Action requestSync, Action<string> tell)
    : ISink, IKeepsAccounts, IIdleWork
{
    // Above this an fsync takes long enough for a busy ring to fill: it is left to the syncing thread.
    private const long MostBytesToSyncInline = 4 * 1024 * 1024;

    private static readonly TimeSpan RetainInterval = TimeSpan.FromMinutes(1);

    private long _retainedAt = time.GetTimestamp();

    public IReadOnlyList<SinkAccount> LoadAccounts() => [SinkAccount.StartAt(own.Now.Number, own.Now.Log.Written)];

    public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        try
        {
            if (mover.IsDue)
            {
                Move();
            }
            else if (batch.Start.Stream == own.Now.Ring.Stream)
            {
                Append(own.Now, batch);
                return new ValueTask<SinkOutcome>(SinkOutcome.Delivered);
            }

            // The batch was written, or went along with the ring, now or when idle work moved after it was read; nobody waits for what is said of it here.
            return new ValueTask<SinkOutcome>(new SinkOutcome.Retry("recording goes on in another writer slot"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk takes a part: what stands there whole is no part of what the ring may have to overwrite.
            return new ValueTask<SinkOutcome>(WrittenOf(batch) is > 0 and var done && done < batch.Count ? new SinkOutcome.Unfinished(done) : new SinkOutcome.Retry(exception.Message));
        }
    }

    private int WrittenOf(SinkBatch batch)
    {
        var written = own.Now.Log.Written;
        return written.Stream == batch.Start.Stream && written.Position > batch.Start.Position ? (int)Math.Min(written.Ordinal - batch.Start.Ordinal, batch.Count) : 0;
    }

    // Where nothing went along, nothing will be written that a flush could wait for: only the fsync is left.
    private void Move()
    {
        mover.Move();
        if (own.Now.Flushes.HasWaiters)
        {
            requestSync();
        }
    }

    private void Append(WriterSlot slot, SinkBatch batch)
    {
        var (log, flushes) = (slot.Log, slot.Flushes);
        slot.NoteTracking();
        log.RewriteWhatFailed();
        log.Append(batch.Lines.Span, batch.Start, batch.End);
        TellInDoubt(slot);

        // Who waits for events of a later batch gains nothing from an fsync now, and one for each batch costs more than all of their bytes.
        var isServing = flushes.AreServedBy(log.WrittenPosition);
        if (mode == FsyncMode.Always || (isServing && log.UnsyncedBytes <= MostBytesToSyncInline))
        {
            log.Sync();
            flushes.Complete(log.Synced);
        }
        else if (isServing || (flushes.HasWaiters && log.UnsyncedBytes > MostBytesToSyncInline) || (mode == FsyncMode.Never && log.HasClosedFiles))
        {
            requestSync();
        }

        slot.Ring.AdvanceHead(batch.End.Position);
    }

    // Those in charge hear of it whether or not anyone flushes; who does was told by the log itself.
    private void TellInDoubt(WriterSlot slot)
    {
        if (slot.Log.TakeUntoldDoubt() is > 0 and var events)
        {
            tell(FlushQueue.CauseOfDoubt(events));
            slot.TrySaveState(isClean: false);
        }
    }

    /// <summary>Writes again what a failed fsync was for, and removes what is not to be kept any longer.</summary>
    public void DoIdleWork()
    {
        try
        {
            if (mover.IsDue)
            {
                Move();
            }

            LookAfter(own.Now);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            own.Now.Flushes.Fail(exception.Message);
        }

        Retain(own.Now);
    }

    // What cannot be removed says nothing of what is written: it is the sink's own fault and no flush's.
    private void Retain(WriterSlot slot)
    {
        if (time.GetElapsedTime(_retainedAt) >= RetainInterval)
        {
            _retainedAt = time.GetTimestamp();
            slot.Log.Retain(() => slot.TrySaveState(isClean: false));
        }
    }

    private void LookAfter(WriterSlot slot)
    {
        if (slot.Log.MustRewrite)
        {
            slot.Log.RewriteWhatFailed();
            TellInDoubt(slot);
            slot.Flushes.Complete(slot.Log.Synced);
        }
        else if (slot.Flushes.HasWaiters)
        {
            requestSync();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
