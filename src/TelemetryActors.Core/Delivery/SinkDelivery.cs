using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Delivery;

/// <summary>Decides for one sink what to send next and when, and what an outcome means.</summary>
/// <remarks>
/// The shell's loop: <see cref="TryBegin"/>, read what was planned, <see cref="Loaded"/>, deliver, <see cref="Complete"/>, write the dead letters,
/// keep <see cref="State"/>; sleep until <see cref="NextDeadline"/> or new events. Not safe for use from several threads; its owner holds a lock.
/// </remarks>
public sealed class SinkDelivery
{
    private static readonly TimeSpan WaitAfterNothingRead = TimeSpan.FromSeconds(1);

    private SinkPolicy _policy;
    private readonly SlotLedger _ledger;
    private readonly UploadInProgress _upload;
    private readonly OutcomeRules _rules;
    private readonly SinkCircuitBreaker _circuit;
    private CallPhase _phase;
    private BatchPlan _plan;

    /// <summary>Goes on from what was kept.</summary>
    /// <param name="policy">How the sink is fed.</param>
    /// <param name="state">What was kept.</param>
    /// <param name="startsAtTail">Whether a sink that never ran begins with what comes next instead of with the oldest event.</param>
    /// <param name="now">The instant of the load.</param>
    public SinkDelivery(SinkPolicy policy, SinkState state, bool startsAtTail, DateTimeOffset now)
    {
        _policy = policy;
        _circuit = new SinkCircuitBreaker(policy.Circuit, state.Circuit, now);
        _ledger = new SlotLedger(policy, state, startsAtTail);
        _upload = new UploadInProgress(state.Outstanding);
        _rules = new OutcomeRules(policy, _circuit, _ledger, _upload, state.RejectionsInARow);
        IsPaused = state.IsPaused;
    }

    /// <summary>The circuit breaker's knowledge.</summary>
    public CircuitRecord Circuit => _circuit.Record;

    /// <summary>Whether an operator paused the sink.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whether a batch is being read or delivered, or a call that is over its time has not ended yet.</summary>
    public bool IsBusy => _phase != CallPhase.None;

    /// <summary>Events that wait, in all slots.</summary>
    public long Pending => _ledger.Pending;

    /// <summary>What is to be kept now. The command file's offset is the shell's to fill in.</summary>
    public SinkState State => new()
    {
        Accounts = Accounts,
        Circuit = _circuit.Record,
        IsPaused = IsPaused,
        Outstanding = _upload.Outstanding,
        Suspects = _ledger.Lanes.Select(lane => lane.Suspects).FirstOrDefault(run => run is not null),
        RejectionsInARow = _rules.RejectionsInARow,
        DeliveredAhead = [.. _ledger.Lanes.SelectMany(lane => lane.Ahead)],
        Waiting = [.. _ledger.Lanes.Where(lane => lane.WaitingSince is not null).Select(lane => new SlotWait(lane.Slot, lane.WaitingSince!.Value))],
    };

    /// <summary>Cursor and counts of each slot.</summary>
    public IReadOnlyList<SinkAccount> Accounts => [.. _ledger.Lanes.Select(lane => lane.Account)];

    /// <summary>When <see cref="TryBegin"/> is worth another call without new events; null when only new events, an outcome or an operator change something.</summary>
    public DateTimeOffset? NextDeadline
    {
        get
        {
            if (IsBusy || IsPaused || WorkDue() is not { } due)
            {
                return null;
            }

            due = Later(due, _rules.Hold.Until);
            return _circuit.State == CircuitState.Open ? Later(due, Circuit.OpenUntil!.Value) : due;
        }
    }

    /// <summary>The ordinal that a slot's tail must reach before more events change something: the first event, then a full batch.</summary>
    /// <returns>The ordinal; the largest number when only a deadline, an outcome or an operator changes something.</returns>
    public long WakeAt(int slot)
    {
        if (_ledger.Find(slot) is not { } lane)
        {
            return 1;
        }

        var front = lane.Account.Tail.Ordinal - lane.Sendable;
        return IsPaused ? long.MaxValue
            : lane.Sendable == 0 ? front + 1
            : lane.Sendable < _policy.FlushEvents && _circuit.State == CircuitState.Closed ? front + _policy.FlushEvents
            : long.MaxValue;
    }

    /// <summary>Takes note of tails without planning anything.</summary>
    public void See(ReadOnlySpan<SlotTail> available, DateTimeOffset now) => _ledger.See(available, now);

    /// <summary>Plans the next batch, when there is one and its time has come.</summary>
    /// <param name="now">The instant.</param>
    /// <param name="available">The tail of each writer slot.</param>
    /// <param name="hurry">Whether to send what is there without waiting for a batch to fill: a flush, a shutdown.</param>
    public BatchPlan? TryBegin(DateTimeOffset now, ReadOnlySpan<SlotTail> available, bool hurry = false)
    {
        Tick(now);
        _ledger.See(available, now);
        if (IsBusy || IsPaused || !_rules.Hold.IsOver(now) || !_circuit.AllowsCall(now))
        {
            return null;
        }

        var isProbe = _circuit.State == CircuitState.Open;
        if (Plan(now, isProbe, hurry) is not { } plan)
        {
            return null;
        }

        if (isProbe)
        {
            _circuit.BeginProbe();
        }

        _phase = CallPhase.Reading;
        _plan = plan;
        return plan;
    }

    /// <summary>Takes what was read for the plan; events that are gone are counted.</summary>
    /// <returns>The batch to deliver now; null when nothing is there any more.</returns>
    public PlannedBatch? Loaded(EventRead read, DateTimeOffset now)
    {
        var lane = _ledger[_plan.Slot];
        if (!_plan.NewestOnly)
        {
            Begin(lane, read);
        }

        if (read.Count <= 0)
        {
            Abandon(now);
            return null;
        }

        _phase = CallPhase.Calling;
        lane.WaitingSince = now;
        _upload.Begin(new EventRange(_plan.Slot, read.Start, read.End), _plan.NewestOnly);
        return new PlannedBatch(_upload.Range, _upload.Attempts, _plan.IsProbe, _policy.TimeoutOf(_plan.IsProbe));
    }

    /// <summary>What was planned could not be read now; the sink has no part in that.</summary>
    public void ReadFailed(DateTimeOffset now) => Abandon(now);

    /// <summary>The call ended with an outcome.</summary>
    /// <returns>What to do; null for the late outcome of a call that was over its time, which is ignored.</returns>
    public Settlement? Complete(SinkOutcome outcome, DateTimeOffset now, double jitter)
    {
        if (_phase != CallPhase.Calling)
        {
            _phase = CallPhase.None;
            return null;
        }

        _phase = CallPhase.None;
        return _rules.Apply(outcome, now, jitter);
    }

    /// <summary>The call's time is over. It counts as failed now; nothing begins before it has ended.</summary>
    public Settlement TimedOut(DateTimeOffset now, double jitter)
    {
        _phase = CallPhase.Overdue;
        return _rules.Apply(new SinkOutcome.Retry("timeout"), now, jitter);
    }

    /// <summary>Shortens waits that a clock which jumped back would prolong.</summary>
    public void Tick(DateTimeOffset now)
    {
        _circuit.Tick(now);
        _rules.Hold = _rules.Hold.ClampedTo(now);
    }

    /// <summary>An operator holds the sink; a batch that is under way is finished.</summary>
    public void Pause() => IsPaused = true;

    /// <summary>An operator lets the sink go on.</summary>
    public void Resume() => IsPaused = false;

    /// <summary>An operator closes the circuit; refused events whose verdict is open are tried again.</summary>
    public void Reset()
    {
        _circuit.Reset();
        _rules.Forgive();
    }

    /// <summary>An operator wants the next batch to go now, as the probe of an open circuit.</summary>
    public void ProbeAt(DateTimeOffset now)
    {
        _circuit.ProbeAt(now);
        _rules.Hold = default;
    }

    /// <summary>Changes size and age of batches from the next one on (S2.16); all else of the policy stays.</summary>
    public void SetBatching(int flushEvents, TimeSpan flushInterval)
    {
        _policy = _policy.WithBatching(flushEvents, flushInterval);
        _ledger.Use(_policy);
        _rules.Use(_policy);
    }

    /// <summary>Sets a slot's cursor back (replay) or forward (skip) within its stream.</summary>
    /// <returns>False while a batch is under way or when the cursor is of another stream.</returns>
    public bool MoveTo(int slot, Cursor cursor)
    {
        if (IsBusy || _ledger.Find(slot) is not { } lane || lane.Account.Cursor.Stream != cursor.Stream || cursor.Ordinal > lane.Account.Tail.Ordinal)
        {
            return false;
        }

        lane.MoveTo(cursor);
        _rules.ForgetBatch(slot);
        return true;
    }

    private BatchPlan? Plan(DateTimeOffset now, bool isProbe, bool hurry)
    {
        if (isProbe && _rules.IsSinkAtFault && _ledger.FaultLane() is { } fault)
        {
            return new BatchPlan(fault.Slot, fault.Account.Cursor, 1, int.MaxValue, isProbe, NewestOnly: true);
        }

        if (_upload.IsToRepeat && _ledger.Find(_upload.Range.Slot) is { } same && same.Front.Stream == _upload.Range.Start.Stream)
        {
            return new BatchPlan(same.Slot, _upload.Range.Start, _upload.Range.Count, int.MaxValue, isProbe, NewestOnly: false);
        }

        var lane = _rules.LaneToFinish() ?? _ledger.Next(now, hurry || isProbe);
        return lane is null
            ? null
            : new BatchPlan(lane.Slot, lane.Front, lane.BatchLimit(_rules.PartLimit(lane, _policy.MaxBatchEvents)), _policy.MaxBatchBytes, isProbe, NewestOnly: false);
    }

    private DateTimeOffset? WorkDue()
    {
        if (_circuit.State == CircuitState.Open)
        {
            return Pending > 0 ? DateTimeOffset.MinValue : null;
        }

        return _upload.IsToRepeat || _rules.LaneToFinish() is not null ? DateTimeOffset.MinValue : _ledger.NextDue();
    }

    private void Begin(SlotLane lane, EventRead read)
    {
        if (read.Start.Ordinal != _plan.From.Ordinal || read.Start.Stream != _plan.From.Stream)
        {
            lane.BeginAt(read.Start, read.GoneReason);
            _rules.Passed(lane.Slot, read.Start);
        }
        else if (!lane.HasSuspects)
        {
            lane.BeginAt(read.Start, read.GoneReason);
        }
    }

    private void Abandon(DateTimeOffset now)
    {
        _phase = CallPhase.None;
        _circuit.CancelProbe();
        _rules.Hold = Hold.For(WaitAfterNothingRead, now);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
