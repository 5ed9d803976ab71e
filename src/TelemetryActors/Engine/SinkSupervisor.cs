using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>Watches one sink: owns its delivery under one lock, times its calls, carries out commands, tells its status and its transitions.</summary>
/// <remarks>Safe for use from several threads. The worker drives it; the heartbeat ticks it; operators read and command it.</remarks>
internal sealed class SinkSupervisor
{
    private readonly Lock _gate = new();
    private readonly SinkDefinition _definition;
    private readonly EngineEnvironment _environment;

    // All below is touched under the lock.
    private readonly TransitionOutbox _outbox;
    private readonly SinkHealth _health;
    private readonly CallInFlight _call;
    private readonly List<FlushRequest> _flushes = [];
    private List<DeadLetter> _letters = [];
    private SinkPolicy _policy;
    private SinkDelivery _delivery;
    private CircuitRecord _seenCircuit;
    private bool _isElsewhere;

    public SinkSupervisor(SinkDefinition definition, SupervisionPolicy supervision, EngineEnvironment environment)
    {
        _definition = definition;
        _environment = environment;
        _outbox = new TransitionOutbox(definition.Name, environment.Raise);
        _health = new SinkHealth(supervision);
        _call = new CallInFlight(environment.Time);
        _policy = definition.Policy;
        _delivery = new SinkDelivery(_policy, SinkState.Fresh, definition.StartsAtTail || definition.State == KeptState.None, Now);
        _seenCircuit = _delivery.Circuit;
    }

    public SinkDefinition Definition => _definition;

    public SinkState State
    {
        get
        {
            lock (_gate)
            {
                return _delivery.State;
            }
        }
    }

    public SinkStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new SinkStatus
                {
                    Name = _definition.Name,
                    Circuit = _delivery.Circuit,
                    IsPaused = _delivery.IsPaused,
                    IsElsewhere = _isElsewhere,
                    IsBusy = _delivery.IsBusy,
                    LastError = _health.LastError ?? _outbox.LastListenerError?.Message,
                    LastErrorAt = _health.LastErrorAt,
                    LastDeliveredAt = _health.LastDeliveredAt,
                    Restarts = _health.Restarts,
                    Accounts = _delivery.Accounts,
                };
            }
        }
    }

    /// <summary>When the worker should look again without being woken.</summary>
    public DateTimeOffset? NextDeadline
    {
        get
        {
            lock (_gate)
            {
                return _delivery.NextDeadline is { } due && due < _health.RestartHold.Until ? _health.RestartHold.Until : _delivery.NextDeadline;
            }
        }
    }

    /// <summary>The token of the call that <see cref="Loaded"/> began.</summary>
    public CancellationToken CallToken
    {
        get
        {
            lock (_gate)
            {
                return _call.Token;
            }
        }
    }

    private DateTimeOffset Now => _environment.Time.GetUtcNow();

    /// <summary>Goes on from what was kept, once this process has the sink.</summary>
    public void Load(SinkState state)
    {
        lock (_gate)
        {
            _delivery = new SinkDelivery(_policy, state, _definition.StartsAtTail || _definition.State == KeptState.None, Now);
            if (!_definition.IsEventLog)
            {
                // The event log writes one slot, and its account says where it stands there.
                _delivery.See([.. _environment.StartTails], Now);
            }

            _seenCircuit = _delivery.Circuit;
            _isElsewhere = false;
        }
    }

    /// <summary>Whether a sink that threw may be made anew now.</summary>
    public bool MayMakeAnew
    {
        get
        {
            lock (_gate)
            {
                var now = Now;
                _health.Tick(now);
                return _health.RestartHold.IsOver(now);
            }
        }
    }

    /// <summary>The sink was made anew, and this is what it keeps now; circuit, pause and waits stay.</summary>
    public void Reload(IReadOnlyList<SinkAccount> accounts)
    {
        lock (_gate)
        {
            var state = _delivery.State with { Accounts = accounts, Outstanding = null, Suspects = null, DeliveredAhead = [] };
            _delivery = new SinkDelivery(_policy, state, _definition.StartsAtTail, Now);
        }
    }

    /// <summary>The sink was made anew and cannot say what it keeps: it is made anew once more, later. The same cause is told once.</summary>
    public void ReloadFailed(string cause)
    {
        IReadOnlyList<SinkTransition> transitions;
        lock (_gate)
        {
            var now = Now;
            if (cause != _health.LastError)
            {
                _outbox.Add(SinkTransitionKind.StateFault, now, cause);
            }

            _health.Failed(cause, now);
            _health.Threw(now);
            transitions = Noted(now);
        }

        _outbox.Raise(transitions);
    }

    /// <summary>Another process has the sink of this base directory.</summary>
    public void SetElsewhere()
    {
        lock (_gate)
        {
            _isElsewhere = true;
            EndFlushes(reached: false);
        }
    }

    public long WakeAt(int slot)
    {
        lock (_gate)
        {
            return _delivery.WakeAt(slot);
        }
    }

    public BatchPlan? TryBegin(ReadOnlySpan<SlotTail> tails, bool hurry)
    {
        BatchPlan? plan;
        IReadOnlyList<SinkTransition> transitions;
        lock (_gate)
        {
            var now = Now;
            _health.Tick(now);
            if (_letters.Count > 0 || !_health.RestartHold.IsOver(now))
            {
                return null;
            }

            plan = _delivery.TryBegin(now, tails, (hurry && !_definition.SendsOnlyWhatIsDue) || _flushes.Count > 0);
            EndReachedFlushes();
            transitions = Noted(now);
        }

        _outbox.Raise(transitions);
        return plan;
    }

    public PlannedBatch? Loaded(BatchPlan plan, EventRead read)
    {
        PlannedBatch? batch;
        IReadOnlyList<SinkTransition> transitions;
        lock (_gate)
        {
            var now = Now;
            batch = _delivery.Loaded(read, now);
            if (batch is { } begun)
            {
                _call.Begin(begun.Timeout);
            }

            var gone = read.Start.Stream == plan.From.Stream && !plan.NewestOnly ? read.Start.Ordinal - plan.From.Ordinal : 0;
            if (gone > 0)
            {
                var reason = read.GoneReason == DropReason.None ? DropReason.InDoubt : read.GoneReason;
                _outbox.Add(SinkTransitionKind.EventsGone, now, reason.ToString(), gone);
            }

            transitions = Noted(now);
        }

        _outbox.Raise(transitions);
        return batch;
    }

    public void ReadFailed(string cause)
    {
        lock (_gate)
        {
            _health.Failed(cause, Now);
            _delivery.ReadFailed(Now);
        }
    }

    /// <summary>The call has ended, in time or too late.</summary>
    public void Complete(SinkOutcome outcome, bool threw)
    {
        IReadOnlyList<SinkTransition> transitions;
        lock (_gate)
        {
            var now = Now;
            _call.End();
            if (threw)
            {
                _health.Threw(now);
                _outbox.Add(SinkTransitionKind.Restarted, now, (outcome as SinkOutcome.Retry)?.Reason);
            }

            if (_delivery.Complete(outcome, now, _environment.Jitter()) is { } settlement)
            {
                Note(settlement, now);
            }

            EndReachedFlushes();
            transitions = Noted(now);
        }

        _outbox.Raise(transitions);
    }

    /// <summary>Looks at the clock: a call over its time counts as failed now, even while the sink hangs.</summary>
    public void Tick()
    {
        IReadOnlyList<SinkTransition> transitions;
        lock (_gate)
        {
            var now = Now;
            _delivery.Tick(now);
            _health.Tick(now);
            if (_call.IsOverTime)
            {
                _call.Cancel();
                Note(_delivery.TimedOut(now, _environment.Jitter()), now);
            }

            transitions = Noted(now);
        }

        _outbox.Raise(transitions);
    }

    public void Execute(SinkCommand command)
    {
        IReadOnlyList<SinkTransition> transitions;
        lock (_gate)
        {
            var now = Now;
            switch (command.Kind)
            {
                case SinkCommandKind.Reset:
                    _delivery.Reset();
                    _health.ForgetRestarts();
                    break;
                case SinkCommandKind.Probe:
                    _delivery.ProbeAt(now);
                    _health.ForgetRestarts();
                    break;
                case SinkCommandKind.Pause:
                    _delivery.Pause();
                    break;
                default:
                    _delivery.Resume();
                    break;
            }

            _outbox.Add(SinkTransitionKind.Commanded, now, $"{command.Kind.ToString().ToLowerInvariant()} by {command.Who}: {command.Why}");
            EndReachedFlushes();
            transitions = Noted(now);
        }

        _outbox.Raise(transitions);
    }

    /// <summary>Changes size and age of batches from the next one on.</summary>
    public void SetBatching(int flushEvents, TimeSpan flushInterval)
    {
        lock (_gate)
        {
            _policy = _policy.WithBatching(flushEvents, flushInterval);
            _delivery.SetBatching(flushEvents, flushInterval);
        }
    }

    /// <summary>Sets a slot's cursor back (replay) or forward (skip).</summary>
    /// <returns>False while a batch is under way, or when the cursor is of another stream.</returns>
    public bool MoveTo(int slot, Cursor cursor)
    {
        lock (_gate)
        {
            return !_call.IsRunning && _letters.Count == 0 && _delivery.MoveTo(slot, cursor);
        }
    }

    /// <summary>A file of the sink could not be read or written.</summary>
    public void Fault(string cause)
    {
        IReadOnlyList<SinkTransition> transitions;
        lock (_gate)
        {
            var now = Now;
            _health.Failed(cause, now);
            _outbox.Add(SinkTransitionKind.StateFault, now, cause);
            transitions = _outbox.Take();
        }

        _outbox.Raise(transitions);
    }

    /// <summary>Dead letters that are still to be written; nothing begins before they are.</summary>
    public IReadOnlyList<DeadLetter> UnwrittenLetters
    {
        get
        {
            lock (_gate)
            {
                return _letters;
            }
        }
    }

    public void LettersWritten()
    {
        lock (_gate)
        {
            _letters = [];
        }
    }

    /// <summary>Sends what is there now without waiting for batches to fill.</summary>
    /// <returns>True when everything up to the tails was settled; false when the sink is open, paused or elsewhere.</returns>
    public Task<bool> FlushAsync(ReadOnlySpan<SlotTail> tails)
    {
        lock (_gate)
        {
            var flush = new FlushRequest(tails);
            _flushes.Add(flush);
            EndReachedFlushes();
            return flush.Ended;
        }
    }

    public void EndFlushes()
    {
        lock (_gate)
        {
            EndFlushes(reached: false);
        }
    }

    private void Note(Settlement settlement, DateTimeOffset now)
    {
        if (settlement.DeadLetters.Count > 0)
        {
            _letters = [.. _letters, .. settlement.DeadLetters];
            _outbox.Add(SinkTransitionKind.DeadLettered, now, settlement.DeadLetters[0].Reason, settlement.DeadLetters.Count);
        }

        if (settlement.Verdict == Verdict.Settled)
        {
            _health.Delivered(now);
        }
        else if (settlement.Cause is { } cause)
        {
            _health.Failed(cause, now);
        }

        if (settlement.Verdict is Verdict.Kept or Verdict.Discarded)
        {
            var fate = settlement.Verdict == Verdict.Kept ? "kept" : "discarded";
            _outbox.Add(SinkTransitionKind.UploadFailed, now, $"{settlement.Cause}; {fate}", settlement.Range.Count);
        }
    }

    private IReadOnlyList<SinkTransition> Noted(DateTimeOffset now)
    {
        var circuit = _delivery.Circuit;
        if (circuit.State != _seenCircuit.State)
        {
            var kind = circuit.State switch
            {
                CircuitState.Open => circuit.IsMisconfigured ? SinkTransitionKind.Misconfigured : SinkTransitionKind.Opened,
                CircuitState.Probing => SinkTransitionKind.Probing,
                _ => SinkTransitionKind.Closed,
            };
            _outbox.Add(kind, now, circuit.Cause, _delivery.Pending, circuit.OpenUntil);
        }

        _seenCircuit = circuit;
        return _outbox.Take();
    }

    private void EndReachedFlushes()
    {
        if (_flushes.Count == 0)
        {
            return;
        }

        if (_isElsewhere || _delivery.IsPaused || _delivery.Circuit.State == CircuitState.Open)
        {
            EndFlushes(reached: false);
            return;
        }

        var accounts = _delivery.Accounts;
        _flushes.RemoveAll(flush => flush.TryEnd(accounts));
    }

    private void EndFlushes(bool reached)
    {
        foreach (var flush in _flushes)
        {
            flush.End(reached);
        }

        _flushes.Clear();
    }
}
