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
    private static readonly TimeSpan WaitForBounds = TimeSpan.FromSeconds(1);

    private SinkPolicy _policy;
    private readonly SlotLedger _ledger;
    private readonly UploadInProgress _upload;
    private readonly DeliveryRest _rest;
    private readonly OutcomeRules _rules;
    private readonly BatchPlanner _planner;
    private readonly SinkCircuitBreaker _circuit;
    private readonly BatchUnderWay _batch;

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
        _rest = new DeliveryRest(state, now);
        _rules = new OutcomeRules(policy, _circuit, _ledger, _upload, _rest, state);
        _planner = new BatchPlanner(_ledger, _upload, _rules, _rest, _circuit);
        _batch = new BatchUnderWay(_ledger, _upload, _rules, _rest, _circuit);
        IsPaused = state.IsPaused;
    }

    /// <summary>The circuit breaker's knowledge.</summary>
    public CircuitRecord Circuit => _circuit.Record;

    /// <summary>Whether an operator paused the sink.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whether a batch is being read or delivered, or a call that is over its time has not ended yet.</summary>
    public bool IsBusy => _batch.IsBusy;

    /// <summary>Events that wait, in all slots and redeliveries.</summary>
    public long Pending => _ledger.Pending + Redeliveries.Waiting;

    /// <summary>What is to be kept now. The command file's offset is the shell's to fill in.</summary>
    public SinkState State => new()
    {
        Accounts = Accounts,
        Circuit = _circuit.Record,
        IsPaused = IsPaused,
        Outstanding = _upload.Outstanding,
        Suspects = _ledger.Lanes.Select(lane => lane.Suspects).FirstOrDefault(run => run is not null),
        RejectionsInARow = _rules.RejectionsInARow,
        RetryAftersInARow = _rules.RetryAftersInARow,
        Hold = _rest.Hold,
        HoldCause = _rest.Cause,
        DeliveredAhead = [.. _ledger.Lanes.SelectMany(lane => lane.Ahead)],
        Waiting = [.. _ledger.Lanes.Where(lane => lane is { IsRedelivery: false, WaitingSince: not null }).Select(lane => new SlotWait(lane.Account.Slot, lane.WaitingSince!.Value))],
        Redeliveries = Redeliveries.All,
        Redelivered = Redeliveries.Totals,
    };

    /// <summary>Cursor and counts of each slot.</summary>
    public IReadOnlyList<SinkAccount> Accounts => [.. _ledger.Lanes.Where(lane => !lane.IsRedelivery).Select(lane => lane.Account)];

    /// <summary>What goes to the sink once more, with accounts of its own.</summary>
    public RedeliveryQueue Redeliveries => _ledger.Redeliveries;

    /// <summary>When <see cref="TryBegin"/> is worth another call without new events; null when only new events, an outcome or an operator change something.</summary>
    public DateTimeOffset? NextDeadline => IsBusy || IsPaused ? null : _planner.NextDeadline();

    /// <summary>The ordinal that a slot's tail must reach before more events change something: the first event, then a full batch.</summary>
    /// <returns>The ordinal; the largest number when only a deadline, an outcome or an operator changes something.</returns>
    public long WakeAt(int slot) =>
        _ledger.Find(slot) is not { } lane ? 1 : IsPaused ? long.MaxValue : _planner.WakeAt(_policy, lane);

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
        if (IsBusy || IsPaused || !_rest.Hold.IsOver(now) || !_circuit.AllowsCall(now))
        {
            return null;
        }

        var isProbe = _circuit.State == CircuitState.Open;
        if (_planner.Plan(_policy, now, isProbe, hurry) is not { } plan)
        {
            return null;
        }

        if (isProbe)
        {
            _circuit.BeginProbe();
        }

        _batch.Begin(plan);
        return plan;
    }

    /// <summary>Takes what was read for the plan; events that are gone are counted.</summary>
    /// <returns>The batch to deliver now; null when nothing is there any more.</returns>
    public PlannedBatch? Loaded(EventRead read, DateTimeOffset now) => _batch.Loaded(read, _policy, now);

    /// <summary>What was planned could not be read now; the sink has no part in that, and its other lanes go on.</summary>
    public void ReadFailed(DateTimeOffset now) => _batch.Abandon(now);

    /// <summary>The batch was read and not sent; the sink has no part in that: it goes after a while, as if it had not begun.</summary>
    public void NotSent(DateTimeOffset now) => _batch.NotSent(now);

    /// <summary>The call ended with an outcome.</summary>
    /// <returns>What to do; null for the late outcome of a call that was over its time, which is ignored, and where no call had begun.</returns>
    public Settlement? Complete(SinkOutcome outcome, DateTimeOffset now, double jitter) =>
        _batch.End(outcome, _policy, now) ? Apply(outcome, now, jitter) : null;

    /// <summary>The call's time is over. It counts as failed now; nothing begins before it has ended.</summary>
    public Settlement TimedOut(DateTimeOffset now, double jitter) => GiveUpCall("timeout", now, jitter);

    /// <summary>Nobody waits for the call any more. It counts as failed now; nothing begins before it has ended.</summary>
    public Settlement GiveUpCall(string cause, DateTimeOffset now, double jitter)
    {
        _batch.GiveUpCall();
        return Apply(new SinkOutcome.Retry(cause), now, jitter);
    }

    /// <summary>A call that was given up hangs on for another time limit: one more failure in a row, though no more an attempt of its batch.</summary>
    public void HangsOn(DateTimeOffset now, double jitter) => _circuit.Failed("timeout", now, jitter);

    /// <summary>The end of the program cuts off a call that had its chance: a failure of the sink, which costs its batch nothing. Nothing begins before it has ended.</summary>
    public Settlement CutOff(string cause, DateTimeOffset now, double jitter)
    {
        _batch.GiveUpCall();
        return _rules.CutOff(cause, now, jitter);
    }

    /// <summary>What the end of a program cut off is due now. An open circuit stays open, and a wait that the destination asked for goes on.</summary>
    internal void EndCutOff() => _rest.EndCutOff();

    /// <summary>Shortens waits that a clock which jumped back would prolong.</summary>
    public void Tick(DateTimeOffset now)
    {
        _circuit.Tick(now);
        _rest.Tick(now);
        Redeliveries.Tick(now);
        _ledger.Tick(now);
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
        _rest.End();
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

    /// <summary>Gives up what is left of all redeliveries; each event counts as skipped.</summary>
    /// <returns>False while a batch is under way.</returns>
    public bool CancelRedeliveries()
    {
        if (IsBusy)
        {
            return false;
        }

        if (_upload.Range.Lane.Origin != BatchOrigin.Live)
        {
            _rules.ForgetBatch(_upload.Range.Lane);
        }

        Redeliveries.Cancel();
        return true;
    }

    /// <summary>What the sink is to be asked now of its bounds, before a replay goes on; null when nothing is to be asked.</summary>
    public BoundsQuestion? BoundsWanted(DateTimeOffset now) =>
        !IsBusy && !IsPaused && _circuit.AllowsCall(now) ? Redeliveries.BoundsWanted(now) : null;

    /// <summary>The sink has not told all its bounds in the time it had: it is asked again after a moment, in which its new events get their turn.</summary>
    public void BoundsUnfinished(DateTimeOffset now) => Redeliveries.BoundsUnknown(WaitForBounds, now);

    /// <summary>The sink may not be asked for its bounds: the replays that wait for them are given up.</summary>
    /// <returns>How many events that were; each counts as skipped.</returns>
    public long BoundsRefused() => Redeliveries.BoundsRefused();

    /// <summary>The sink could not tell its bounds: it is asked again no sooner than its flush interval.</summary>
    public void BoundsUnknown(DateTimeOffset now) =>
        Redeliveries.BoundsUnknown(_policy.FlushInterval > WaitForBounds ? _policy.FlushInterval : WaitForBounds, now);

    private Settlement Apply(SinkOutcome outcome, DateTimeOffset now, double jitter)
    {
        var settlement = _rules.Apply(outcome, now, jitter);
        Redeliveries.Pass();
        return settlement;
    }
}
