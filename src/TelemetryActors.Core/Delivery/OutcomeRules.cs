using TelemetryActors.Events;
using TelemetryActors.Supervision;

namespace TelemetryActors.Delivery;

/// <summary>What each outcome of a call means for the batch, the accounts and the circuit.</summary>
internal sealed class OutcomeRules(SinkPolicy policy, SinkCircuitBreaker circuit, SlotLedger ledger, UploadInProgress upload, SinkState kept, DateTimeOffset now)
{
    private readonly DrainPacer _drain = new(policy.DrainPace);
    private SinkPolicy _policy = policy;

    /// <summary>Until when nothing begins.</summary>
    public Hold Hold { get; private set; } = kept.Hold.ClampedTo(now);

    /// <summary>Why, when that is for operators to know; null when nothing waits or the wait is the sink's own pace.</summary>
    public string? HoldCause { get; private set; } = kept.HoldCause;

    public int RejectionsInARow { get; private set; } = kept.RejectionsInARow;

    public int RetryAftersInARow { get; private set; } = kept.RetryAftersInARow;

    /// <summary>Whether so much was refused in a row that the sink is taken to be wrong, and its probe sends the newest event.</summary>
    public bool IsSinkAtFault => RejectionsInARow >= _policy.MaxRejectionsInARow;

    public void Use(SinkPolicy changed) => _policy = changed;

    public Settlement Apply(SinkOutcome outcome, DateTimeOffset now, double jitter) => outcome switch
    {
        SinkOutcome.Retry retry => TryAgain(retry, now, jitter),
        SinkOutcome.Misconfigured wrong => HoldBatch(wrong.Reason, now, jitter),
        SinkOutcome.Rejected refused => Refuse(refused.Reason, now, jitter),
        SinkOutcome.PartlyDelivered partly => SettlePartly(partly, now, jitter),
        SinkOutcome.Unfinished part => Split(part.Done, now, jitter),
        _ => upload.IsNewest ? AcceptNewest(now) : Accept(now),
    };

    /// <summary>No answer came before the program ended: a failure, after which the same batch goes with another upload, whatever becomes of batches otherwise.</summary>
    public Settlement CutOff(string cause, DateTimeOffset now, double jitter)
    {
        circuit.Failed(cause, now, jitter);
        RetryAftersInARow = 0;
        Rest(_policy.FlushInterval, now, cause);
        if (!upload.IsNewest)
        {
            upload.EndUpload();
        }

        return new Settlement(Verdict.Kept, upload.Range, [], cause);
    }

    /// <summary>Nothing begins for a while.</summary>
    public void Rest(TimeSpan wait, DateTimeOffset now, string? cause)
    {
        Hold = Hold.For(wait, now);
        HoldCause = wait > TimeSpan.Zero ? cause : null;
    }

    /// <summary>Brings the end of a wait nearer that a clock which jumped back would prolong.</summary>
    public void Tick(DateTimeOffset now) => Hold = Hold.ClampedTo(now);

    /// <summary>What waits may begin now.</summary>
    public void EndHold()
    {
        Hold = default;
        HoldCause = null;
    }

    /// <summary>An operator closed the circuit: what was refused is tried again, at once.</summary>
    public void Forgive()
    {
        RejectionsInARow = 0;
        RetryAftersInARow = 0;
        EndHold();
        foreach (var lane in ledger.Lanes)
        {
            lane.ForgetSuspects();
            lane.ForgetParts();
        }
    }

    /// <summary>The cursor of a lane was moved, or the lane ended: bounds kept for it no longer hold.</summary>
    public void ForgetBatch(LaneId lane)
    {
        if (upload.Range.Lane == lane)
        {
            upload.Forget();
        }

        ledger.Find(lane)?.ForgetParts();
    }

    private Settlement Accept(DateTimeOffset now)
    {
        var range = upload.Range;
        var letters = ledger.Condemn();
        ledger[range.Lane].Deliver(range.End);
        EndBatch(range, worked: true, now);
        return new Settlement(Verdict.Settled, range, letters, null);
    }

    // The newest event was taken: the sink works, so what it refused before was poison.
    private Settlement AcceptNewest(DateTimeOffset now)
    {
        var range = upload.Range;
        var lane = ledger[range.Lane];
        if (lane.HasSuspects && range.Start.Ordinal < lane.Front.Ordinal)
        {
            lane.Acquit(range.Start);
        }

        var letters = ledger.Condemn();
        lane.ForgetParts();
        lane.DeliverAhead(range);
        EndBatch(range with { End = range.Start }, worked: true, now);
        return new Settlement(Verdict.Settled, range, letters, null);
    }

    private Settlement SettlePartly(SinkOutcome.PartlyDelivered partly, DateTimeOffset now, double jitter)
    {
        var range = upload.Range;
        RejectedItem[] kept = [.. partly.Items.Where(item => item.Index >= 0 && item.Index < range.Count).DistinctBy(item => item.Index)];
        RejectedItem[] refused = [.. kept.Where(item => item.Drop == DropReason.None)];
        if (upload.IsNewest ? kept.Length > 0 : partly.IsProof && refused.Length == range.Count)
        {
            return Refuse(kept[0].Reason, now, jitter);
        }

        if (upload.IsNewest)
        {
            return partly.IsProof ? AcceptNewest(now) : Undecided();
        }

        if (!partly.IsProof && kept.Length == refused.Length)
        {
            return SettleUnproven(refused, now, jitter);
        }

        var attempt = upload.Attempts;
        var letters = new List<DeadLetter>(ledger.Condemn());
        letters.AddRange(refused.Select(item => new DeadLetter(range.Slot, range.Start, item.Index, item.Reason, attempt) { Origin = range.Lane.Origin }));
        var dropped = kept.Where(item => item.Drop != DropReason.None).Aggregate(DropCounts.None, (sum, item) => sum.Plus(item.Drop, 1));
        ledger[range.Lane].Settle(range.End, refused.Length, dropped);
        var hasArrived = partly.IsProof && kept.Length < range.Count;
        if (!hasArrived)
        {
            // Nothing arrived: that shows nothing of the destination, and a probe is still to come.
            circuit.CancelProbe();
        }

        EndBatch(range, hasArrived, now);
        return new Settlement(Verdict.Settled, range, letters, kept.Length > 0 ? kept[0].Reason : null);
    }

    // Of the batch the destination took nothing: it was refused, or needed no request, which is no proof that what was refused is poison.
    private Settlement SettleUnproven(RejectedItem[] refused, DateTimeOffset now, double jitter)
    {
        var range = upload.Range;
        var lane = ledger[range.Lane];
        if (refused.Length > 0 || lane.HasSuspects)
        {
            RejectionsInARow += refused.Length;
            lane.Suspect(range, refused.Select(item => new Refusal(item.Reason, upload.Attempts) { Index = item.Index }));
        }
        else
        {
            lane.Deliver(range.End);
        }

        EndBatch(range, worked: false, now);
        if (refused.Length > 0)
        {
            return Refused(range, refused[^1].Reason, now, jitter);
        }

        circuit.CancelProbe();
        if (circuit.State == CircuitState.Open && range.Count < _policy.MaxBatchEvents)
        {
            // An open circuit waits for no batch to fill; one call an event would be the price of each that needs no request.
            Rest(_policy.FlushInterval, now, cause: null);
        }

        return new Settlement(Verdict.Settled, range, IsSinkAtFault || ledger.HasSendable ? [] : ledger.Condemn(), null);
    }

    // The newest event needed no request, so there is none left that could show whose fault it is: what is there goes in its order.
    private Settlement Undecided()
    {
        RejectionsInARow = 0;
        circuit.CancelProbe();
        upload.Forget();
        return new Settlement(Verdict.Deferred, upload.Range, [], null);
    }

    private Settlement Split(int done, DateTimeOffset now, double jitter)
    {
        var range = upload.Range;
        if (done <= 0 || done >= range.Count)
        {
            return TryAgain(new SinkOutcome.Retry("nothing of the batch was done in the call's time"), now, jitter);
        }

        ledger[range.Lane].Divide(range, done);
        upload.Forget();
        RetryAftersInARow = 0;
        circuit.CancelProbe();
        return new Settlement(Verdict.Deferred, range, [], null);
    }

    private Settlement TryAgain(SinkOutcome.Retry retry, DateTimeOffset now, double jitter)
    {
        var range = upload.Range;
        var asked = retry.After is { } after && after > TimeSpan.Zero ? Shorter(after, _policy.Circuit.LongestOpenTime) : TimeSpan.Zero;
        if (retry.After is not null && RetryAftersInARow < _policy.MaxRetryAfterInARow)
        {
            RetryAftersInARow++;
            upload.TakeAttemptBack();
            circuit.Deferred(asked, now);
            return Wait(asked, Verdict.Deferred);
        }

        RetryAftersInARow = retry.After is null ? 0 : RetryAftersInARow;
        circuit.Failed(retry.Reason, now, jitter);
        if (upload.IsNewest)
        {
            return Wait(asked, Verdict.Repeated);
        }

        if (!upload.IsExhausted(_policy.AttemptsPerUpload))
        {
            return Wait(Longer(asked, upload.NextDelay(_policy.RetryDelays)), Verdict.Repeated);
        }

        if (_policy.WhenExhausted == WhenExhausted.Keep)
        {
            upload.EndUpload();
            return Wait(Longer(asked, _policy.FlushInterval), Verdict.Kept);
        }

        var letters = ledger.Condemn();
        ledger[range.Lane].Drop(range.End, DropReason.Discarded);
        EndBatch(range, worked: false, now);
        Rest(asked, now, retry.Reason);
        return new Settlement(Verdict.Discarded, range, letters, retry.Reason);

        Settlement Wait(TimeSpan wait, Verdict verdict)
        {
            Rest(wait, now, retry.Reason);
            return new Settlement(verdict, range, [], retry.Reason);
        }
    }

    private Settlement HoldBatch(string reason, DateTimeOffset now, double jitter)
    {
        circuit.Misconfigured(reason, now, jitter);
        upload.TakeAttemptBack();
        return new Settlement(Verdict.Repeated, upload.Range, [], reason);
    }

    private Settlement Refuse(string reason, DateTimeOffset now, double jitter)
    {
        var range = upload.Range;
        if (upload.IsNewest)
        {
            circuit.Misconfigured(reason, now, jitter);
            return new Settlement(Verdict.Refused, range, [], reason);
        }

        RejectionsInARow++;
        SetAside(range, new Refusal(reason, upload.Attempts));
        RetryAftersInARow = 0;
        upload.Forget();
        return Refused(range, reason, now, jitter);
    }

    private Settlement Refused(EventRange range, string reason, DateTimeOffset now, double jitter)
    {
        if (IsSinkAtFault)
        {
            circuit.Misconfigured($"{RejectionsInARow} rejections in a row, the last one: {reason}", now, jitter);
        }
        else if (circuit.State == CircuitState.Probing)
        {
            CloseCircuit(settled: 0);
        }

        // With nothing left to send that could show whose fault it is, the events are taken to be wrong.
        var letters = IsSinkAtFault || ledger.HasSendable ? [] : ledger.Condemn();
        return new Settlement(Verdict.Refused, range, letters, reason);
    }

    private void SetAside(EventRange range, Refusal refusal)
    {
        if (range.Count > 1)
        {
            ledger[range.Lane].Divide(range, range.Count / 2);
            return;
        }

        ledger[range.Lane].Suspect(range, [refusal]);
    }

    private void EndBatch(EventRange range, bool worked, DateTimeOffset now)
    {
        upload.Forget();
        RetryAftersInARow = 0;
        if (!worked)
        {
            return;
        }

        RejectionsInARow = 0;
        CloseCircuit(range.Count);
        Rest(_drain.After(range.Count, ledger.Pending), now, cause: null);
    }

    // The probe's own batch is part of the backlog, though it may be settled by now.
    private void CloseCircuit(int settled)
    {
        if (circuit.State == CircuitState.Probing)
        {
            _drain.Begin(ledger.Pending + settled);
        }

        circuit.Succeeded();
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
