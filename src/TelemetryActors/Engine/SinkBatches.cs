using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>A sink's batches from plan to outcome: what is to be read, that it goes out, what came of it.</summary>
/// <remarks>Safe for use from several threads; whoever calls the sink drives it.</remarks>
internal sealed class SinkBatches(SupervisedDelivery sink)
{
    // Where the batch comes from that went out last; under the sink's lock.
    private LaneId _lane;

    /// <summary>Plans the next batch, when there is one, its time has come and nothing stands before it: unwritten dead letters, the wait of a sink that threw, telemetry that is switched off.</summary>
    public BatchPlan? TryBegin(ReadOnlySpan<SlotTail> tails, bool hurry)
    {
        BatchPlan? plan;
        IReadOnlyList<SinkTransition> transitions;
        lock (sink.Gate)
        {
            var now = sink.Now;
            sink.Notes.Health.Tick(now);
            if (sink.WhyHeld is not null)
            {
                sink.EndReachedFlushes();
                return null;
            }

            if (sink.Letters.Count > 0 || !sink.Notes.Health.RestartHold.IsOver(now))
            {
                return null;
            }

            sink.Flushes.EndReplaced(tails);
            plan = sink.Delivery.TryBegin(now, tails, (hurry && !sink.Definition.SendsOnlyWhatIsDue) || !sink.Flushes.IsEmpty);
            sink.EndReachedFlushes();
            transitions = sink.Noted(now);
        }

        sink.Notes.Outbox.Raise(transitions);
        return plan;
    }

    /// <summary>Takes what was read for the plan, and begins the call.</summary>
    /// <returns>The batch to deliver now; null when nothing is there any more.</returns>
    public PlannedBatch? Loaded(BatchPlan plan, EventRead read)
    {
        PlannedBatch? batch;
        IReadOnlyList<SinkTransition> transitions;
        lock (sink.Gate)
        {
            var now = sink.Now;
            batch = sink.Delivery.Loaded(read, now);
            if (batch is { } begun)
            {
                sink.Call.Begin(begun.Timeout);
                _lane = begun.Range.Lane;
            }

            sink.Notes.Gone(plan, read, now);
            transitions = sink.Noted(now);
        }

        sink.Notes.Outbox.Raise(transitions);
        return batch;
    }

    /// <summary>What was planned could not be read now.</summary>
    public void ReadFailed(string cause)
    {
        lock (sink.Gate)
        {
            sink.Notes.Health.Failed(cause, sink.Now);
            sink.Delivery.ReadFailed(sink.Now);
        }
    }

    /// <summary>The call has ended, in time or too late.</summary>
    public void Complete(SinkOutcome outcome, bool threw)
    {
        outcome = CleanCause.Of(outcome);
        IReadOnlyList<SinkTransition> transitions;
        lock (sink.Gate)
        {
            var now = sink.Now;
            var isInTime = sink.Call.IsRunning;
            sink.Call.End();
            if (threw)
            {
                sink.Notes.Threw(outcome, now);
            }

            if (outcome is SinkOutcome.Held held)
            {
                Hold(held, isInTime, now);
            }

            if (sink.Delivery.Complete(outcome, now, sink.Environment.Jitter()) is { } settlement)
            {
                sink.Note(settlement, now);
            }

            sink.EndReachedFlushes();
            transitions = sink.Noted(now);
        }

        sink.Notes.Outbox.Raise(transitions);
    }

    /// <summary>The batch was not sent, and the sink has no part in that: it is tried again after a while.</summary>
    public void HandBack(string cause) => sink.Do(now =>
    {
        var isInTime = sink.Call.IsRunning;
        sink.Call.End();
        sink.Notes.Health.Failed(cause, now);
        if (isInTime)
        {
            sink.Delivery.NotSent(now);
        }
        else
        {
            sink.Delivery.Complete(new SinkOutcome.Retry(cause), now, sink.Environment.Jitter());
        }
    });

    // Said too late it holds nothing: the call counts as failed already.
    private void Hold(SinkOutcome.Held held, bool isInTime, DateTimeOffset now)
    {
        if (held.Reason != sink.Notes.LastError)
        {
            sink.Notes.Fault(held.Reason, now);
        }

        if (isInTime && _lane.Origin == BatchOrigin.Live)
        {
            sink.Flushes.EndHeld(_lane.Slot);
        }
    }
}
