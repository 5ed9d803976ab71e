using TelemetryActors.Events;
using TelemetryActors.Supervision;

namespace TelemetryActors.Delivery;

/// <summary>What each outcome of a call means for the batch, the accounts and the circuit.</summary>
internal sealed class OutcomeRules
{
    private readonly SinkCircuitBreaker _circuit;
    private readonly SlotLedger _ledger;
    private readonly UploadInProgress _upload;
    private readonly DeliveryRest _rest;
    private readonly DrainPacer _drain;
    private readonly RefusalRules _refusals;
    private readonly ExhaustionRules _exhaustion;
    private SinkPolicy _policy;

    public OutcomeRules(SinkPolicy policy, SinkCircuitBreaker circuit, SlotLedger ledger, UploadInProgress upload, DeliveryRest rest, SinkState kept)
    {
        _circuit = circuit;
        _ledger = ledger;
        _upload = upload;
        _rest = rest;
        _drain = new DrainPacer(policy.DrainPace);
        _refusals = new RefusalRules(policy, circuit, ledger, upload, rest, _drain, kept.RejectionsInARow);
        _exhaustion = new ExhaustionRules(policy, ledger, upload);
        _policy = policy;
        RetryAftersInARow = kept.RetryAftersInARow;
    }

    public int RejectionsInARow => _refusals.RejectionsInARow;

    public int RetryAftersInARow { get; private set; }

    /// <inheritdoc cref="RefusalRules.IsSinkAtFault" />
    public bool IsSinkAtFault => _refusals.IsSinkAtFault;

    public void Use(SinkPolicy changed)
    {
        _policy = changed;
        _refusals.Use(changed);
        _exhaustion.Use(changed);
    }

    public Settlement Apply(SinkOutcome outcome, DateTimeOffset now, double jitter) => outcome switch
    {
        // Sinks are code of others, that the compiler may not have warned.
        null => TryAgain(new SinkOutcome.Retry("the sink returned no outcome"), now, jitter),
        SinkOutcome.Retry retry => TryAgain(retry, now, jitter),
        SinkOutcome.Misconfigured wrong => HoldBatch(wrong.Reason, now, jitter),
        SinkOutcome.Rejected refused => Refuse(refused.Reason, refused.IsOfAnnouncements, now, jitter),
        SinkOutcome.PartlyDelivered partly when partly.Items.Any(item => item.Index < 0 || item.Index >= _upload.Range.Count) =>
            // Which event was meant cannot be known: on such a word none of them counts as delivered.
            TryAgain(new SinkOutcome.Retry("the sink refused an event that is not in the batch"), now, jitter),
        SinkOutcome.PartlyDelivered partly => SettlePartly(partly, now, jitter),
        SinkOutcome.Unfinished part => Split(part.Done, now, jitter),
        _ => _upload.IsNewest ? AcceptNewest(now) : Accept(now),
    };

    /// <summary>No answer came before the program ended: a failure, after which the same batch goes with another upload, whatever becomes of batches otherwise.</summary>
    public Settlement CutOff(string cause, DateTimeOffset now, double jitter)
    {
        _circuit.Failed(cause, now, jitter);
        RetryAftersInARow = 0;
        _rest.Begin(_policy.FlushInterval, now, cause);
        if (!_upload.IsNewest)
        {
            _upload.EndUpload();
        }

        return new Settlement(Verdict.Kept, _upload.Range, [], cause);
    }

    /// <summary>An operator closed the circuit: what was refused is tried again, at once.</summary>
    public void Forgive()
    {
        _refusals.Forget();
        RetryAftersInARow = 0;
        _rest.End();
        foreach (var lane in _ledger.Lanes)
        {
            lane.ForgetSuspects();
            lane.ForgetParts();
        }
    }

    /// <summary>The cursor of a lane was moved, or the lane ended: bounds kept for it no longer hold.</summary>
    public void ForgetBatch(LaneId lane)
    {
        if (_upload.Range.Lane == lane)
        {
            _upload.Forget();
        }

        _ledger.Find(lane)?.ForgetParts();
    }

    private Settlement Accept(DateTimeOffset now)
    {
        var range = _upload.Range;
        var letters = _ledger.Condemn();
        _ledger[range.Lane].Deliver(range.End);
        EndBatch(range, worked: true, now);
        return new Settlement(Verdict.Settled, range, letters, null);
    }

    // The newest event was taken: the sink works, so what it refused before was poison.
    private Settlement AcceptNewest(DateTimeOffset now)
    {
        var range = _upload.Range;
        var lane = _ledger[range.Lane];
        if (lane.HasSuspects && range.Start.Ordinal < lane.Front.Ordinal)
        {
            lane.Acquit(range.Start);
        }

        var letters = _ledger.Condemn();
        lane.ForgetParts();
        lane.DeliverAhead(range);
        EndBatch(range with { End = range.Start }, worked: true, now);
        return new Settlement(Verdict.Settled, range, letters, null);
    }

    private Settlement SettlePartly(SinkOutcome.PartlyDelivered partly, DateTimeOffset now, double jitter)
    {
        var range = _upload.Range;
        RejectedItem[] kept = [.. partly.Items.DistinctBy(item => item.Index)];
        RejectedItem[] refused = [.. kept.Where(item => item.Drop == DropReason.None)];
        if (_upload.IsNewest ? kept.Length > 0 : partly.IsProof && refused.Length == range.Count)
        {
            return Refuse(kept[0].Reason, Array.TrueForAll(kept, item => item.IsAnnouncement), now, jitter);
        }

        if (_upload.IsNewest)
        {
            return partly.IsProof ? AcceptNewest(now) : _refusals.Undecided();
        }

        if (!partly.IsProof && kept.Length == refused.Length)
        {
            RetryAftersInARow = 0;
            return _refusals.SettleUnproven(refused, now, jitter);
        }

        var attempt = _upload.Attempts;
        var letters = new List<DeadLetter>(_ledger.Condemn());
        letters.AddRange(refused.Select(item => new DeadLetter(range.Slot, range.Start, item.Index, item.Reason, attempt)
        {
            Origin = range.Lane.Origin,
            IsAnnouncement = item.IsAnnouncement,
        }));
        var dropped = kept.Where(item => item.Drop != DropReason.None).Aggregate(DropCounts.None, (sum, item) => sum.Plus(item.Drop, 1));
        _ledger[range.Lane].Settle(range.End, refused.Length, dropped);
        var hasArrived = partly.IsProof && kept.Length < range.Count;
        if (!hasArrived)
        {
            // Nothing arrived: that shows nothing of the destination, and a probe is still to come.
            _circuit.CancelProbe();
        }

        EndBatch(range, hasArrived, now);
        return new Settlement(Verdict.Settled, range, letters, kept.Length > 0 ? kept[0].Reason : null);
    }

    private Settlement Split(int done, DateTimeOffset now, double jitter)
    {
        var range = _upload.Range;
        if (done <= 0 || done >= range.Count)
        {
            return TryAgain(new SinkOutcome.Retry("nothing of the batch was done in the call's time"), now, jitter);
        }

        _ledger[range.Lane].Divide(range, done);
        _upload.Forget();
        RetryAftersInARow = 0;
        _circuit.CancelProbe();
        return new Settlement(Verdict.Deferred, range, [], null);
    }

    private Settlement TryAgain(SinkOutcome.Retry retry, DateTimeOffset now, double jitter)
    {
        var range = _upload.Range;
        var asked = retry.After is { } after && after > TimeSpan.Zero ? Shorter(after, _policy.Circuit.LongestOpenTime) : TimeSpan.Zero;
        if (retry.After is not null && RetryAftersInARow < _policy.MaxRetryAfterInARow)
        {
            RetryAftersInARow++;
            _upload.TakeAttemptBack();
            _circuit.Deferred(asked, now);
            return Wait(asked, Verdict.Deferred);
        }

        RetryAftersInARow = retry.After is null ? 0 : RetryAftersInARow;
        _circuit.Failed(retry.Reason, now, jitter);
        if (_upload.IsNewest)
        {
            return Wait(asked, Verdict.Repeated);
        }

        if (!_upload.IsExhausted(_policy.AttemptsPerUpload))
        {
            return Wait(Longer(asked, _upload.NextDelay(_policy.RetryDelays)), Verdict.Repeated);
        }

        var settlement = _exhaustion.Apply(retry.Reason);
        if (settlement.Verdict != Verdict.Kept)
        {
            EndBatch(range, worked: false, now);
        }

        _rest.Begin(settlement.Verdict == Verdict.Kept ? Longer(asked, _policy.FlushInterval) : asked, now, retry.Reason);
        return settlement;

        Settlement Wait(TimeSpan wait, Verdict verdict)
        {
            _rest.Begin(wait, now, retry.Reason);
            return new Settlement(verdict, range, [], retry.Reason);
        }
    }

    private Settlement HoldBatch(string reason, DateTimeOffset now, double jitter)
    {
        _circuit.Misconfigured(reason, now, jitter);
        _upload.TakeAttemptBack();
        return new Settlement(Verdict.Repeated, _upload.Range, [], reason);
    }

    private Settlement Refuse(string reason, bool isOfAnnouncements, DateTimeOffset now, double jitter)
    {
        RetryAftersInARow = _upload.IsNewest ? RetryAftersInARow : 0;
        return _refusals.Refuse(reason, isOfAnnouncements, now, jitter);
    }

    private void EndBatch(EventRange range, bool worked, DateTimeOffset now)
    {
        _upload.Forget();
        RetryAftersInARow = 0;
        if (!worked)
        {
            return;
        }

        _refusals.Took(range.Lane);
        if (_circuit.State == CircuitState.Probing)
        {
            // The probe's own batch is part of the backlog, though it may be settled by now.
            _drain.Begin(_ledger.Pending + range.Count);
        }

        _circuit.Succeeded();
        _rest.Begin(_drain.After(range.Count, _ledger.Pending), now, cause: null);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
