using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Delivery;

/// <summary>The one batch of a sink that is being read or delivered: how far it has come, what was read for it, and what becomes of its lane when it does not go out.</summary>
internal sealed class BatchUnderWay(SlotLedger ledger, UploadInProgress upload, OutcomeRules rules, DeliveryRest rest, SinkCircuitBreaker circuit)
{
    private static readonly TimeSpan WaitAfterNothingRead = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitOfHeldSlot = TimeSpan.FromSeconds(30);

    private CallPhase _phase;
    private BatchPlan _plan;
    private DateTimeOffset? _waitedSince;

    /// <summary>Whether there is one, or a call that is over its time has not ended yet.</summary>
    public bool IsBusy => _phase != CallPhase.None;

    private SlotLane Lane => ledger[_plan.Lane];

    /// <summary>It is to be read.</summary>
    public void Begin(BatchPlan plan)
    {
        _phase = CallPhase.Reading;
        _plan = plan;
    }

    /// <summary>Takes what was read for it; events that are gone are counted.</summary>
    /// <returns>The batch to deliver now; null when nothing is there any more.</returns>
    public PlannedBatch? Loaded(EventRead read, SinkPolicy policy, DateTimeOffset now)
    {
        var lane = Lane;
        if (lane.IsRedelivery ? IsPast(lane, read.Start) : IsOfNothing(read))
        {
            GiveUp(lane, read.GoneReason);
            return null;
        }

        if (!_plan.NewestOnly && IsOnlyPartOfWhole(lane, read))
        {
            GiveUp(lane, DropReason.Skipped);
            return null;
        }

        if (!_plan.NewestOnly && (!lane.HasSuspects || read.Start.Ordinal != _plan.From.Ordinal || read.Start.Stream != _plan.From.Stream))
        {
            lane.BeginAt(read.Start, read.GoneReason);
        }

        if (read.Count <= 0)
        {
            Abandon(now);
            return null;
        }

        if (lane.IsRedelivery && read.End.Ordinal > lane.Account.Tail.Ordinal)
        {
            // What is gone in front of it made the read reach beyond the redelivery's end: it is read again from where it begins now.
            _phase = CallPhase.None;
            circuit.CancelProbe();
            return null;
        }

        _phase = CallPhase.Calling;
        _waitedSince = lane.WaitingSince;
        lane.WaitingSince = now;
        upload.Begin(new EventRange(_plan.Lane, read.Start, read.End), _plan.NewestOnly);
        return new PlannedBatch(upload.Range, upload.Attempts, _plan.IsProbe, policy.TimeoutOf(_plan.IsProbe)) { Gone = lane.Untold };
    }

    /// <summary>It could not be read now. A lane whose source is not there does not hold up the others; where no other is in turn - a probe, a batch to repeat, a redelivery's as well - the sink waits too, and a probe then takes another.</summary>
    public void Abandon(DateTimeOffset now)
    {
        var lane = Lane;
        _phase = CallPhase.None;
        circuit.CancelProbe();
        lane.PutOff = Hold.For(2 * WaitAfterNothingRead, now);
        if (!lane.IsRedelivery || upload.IsToRepeat)
        {
            RestUnlessInTurn(now);
        }
    }

    /// <summary>It was read and not sent: it goes after a while, as if it had not begun.</summary>
    public void NotSent(DateTimeOffset now)
    {
        Abandon(now);
        Lane.WaitingSince = _waitedSince;
        upload.TakeBack();
    }

    /// <summary>Its call counts as failed; nothing begins before it has ended.</summary>
    public void GiveUpCall() => _phase = CallPhase.Overdue;

    /// <summary>It has ended.</summary>
    /// <returns>Whether the outcome is to be applied: a call has ended in time, and its events may be sent.</returns>
    public bool End(SinkOutcome outcome, SinkPolicy policy, DateTimeOffset now)
    {
        var phase = _phase;
        _phase = CallPhase.None;
        if (phase == CallPhase.Reading && ledger.Find(_plan.Lane) is not null)
        {
            // Whatever ended it, it ended before the sink had anything.
            Abandon(now);
        }

        if (phase == CallPhase.Calling && outcome is SinkOutcome.Held)
        {
            PutOff(policy.KeepsBoundsFirst, now);
            return false;
        }

        return phase == CallPhase.Calling;
    }

    // Bounds that a destination may know already are repeated and nothing else: only then does the sink wait with the slot.
    private void PutOff(bool keepsBounds, DateTimeOffset now)
    {
        circuit.CancelProbe();
        Lane.WaitingSince = _waitedSince;
        Lane.PutOff = Hold.For(WaitOfHeldSlot, now);
        upload.TakeBack();
        if (!keepsBounds)
        {
            rules.ForgetBatch(_plan.Lane);
        }

        RestUnlessInTurn(now);
    }

    private void RestUnlessInTurn(DateTimeOffset now)
    {
        if (_plan.IsProbe || upload.IsToRepeat)
        {
            rest.Begin(WaitAfterNothingRead, now, cause: null);
        }
    }

    private static bool IsPast(SlotLane lane, Cursor start) =>
        start.Stream != lane.Account.Cursor.Stream || start.Ordinal >= lane.Account.Tail.Ordinal;

    private static bool IsOfNothing(EventRead read) => read is { Count: <= 0, GoneReason: DropReason.Missing } && read.Start.Stream == StreamId.None;

    // The sink has all of it under these bounds: what is left of it would be stored twice, or take the place of the whole.
    private bool IsOnlyPartOfWhole(SlotLane lane, EventRead read) =>
        lane is { IsWhole: true, IsUntouched: true } && read.Count > 0 && (read.Start != _plan.From || read.Count < _plan.MaxEvents);

    // Nothing of what a redelivery, or a slot that is no more, still has can be read any more, or is to be sent.
    private void GiveUp(SlotLane lane, DropReason reason)
    {
        _phase = CallPhase.None;
        circuit.CancelProbe();
        lane.GiveUp(reason == DropReason.None ? DropReason.InDoubt : reason);
        rules.ForgetBatch(lane.Id);
        ledger.Redeliveries.Pass();
    }
}
