using System.Globalization;
using TelemetryActors.Delivery;
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
    private readonly TimeSpan _shownAfter;
    private readonly TimeSpan _chance;

    // All below is touched under the lock.
    private readonly SinkNotes _notes;
    private readonly CallInFlight _call;
    private readonly FlushList _flushes = new();
    private List<DeadLetter> _letters = [];
    private SinkPolicy _policy;
    private SinkDelivery _delivery;
    private LaneId _lane;
    private bool _isElsewhere;

    public SinkSupervisor(SinkDefinition definition, SupervisionPolicy supervision, EngineEnvironment environment)
    {
        _definition = definition;
        _environment = environment;
        _shownAfter = supervision.Heartbeat / 2;
        _chance = supervision.Chance;
        _notes = new SinkNotes(definition.Name, supervision, environment.Raise);
        _call = new CallInFlight(environment.Time);
        _policy = definition.Policy;
        _delivery = Fresh(SinkState.Fresh);
    }

    public SinkDefinition Definition => _definition;

    public SinkState State
    {
        get
        {
            lock (_gate)
            {
                return _call.UnderWay is { } call ? _delivery.State with { Call = call } : _delivery.State;
            }
        }
    }

    /// <summary>The state that may be kept now; null while dead letters that go before it are not written.</summary>
    public SinkState? StateToKeep
    {
        get
        {
            lock (_gate)
            {
                return _letters.Count > 0 ? null : State;
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
                    Call = _call.UnderWay,
                    LastError = _notes.LastError,
                    LastErrorAt = _notes.Health.LastErrorAt,
                    LastDeliveredAt = _notes.Health.LastDeliveredAt,
                    Restarts = _notes.Health.Restarts,
                    Accounts = _delivery.Accounts,
                    Redeliveries = _delivery.Redeliveries.Accounts,
                };
            }
        }
    }

    /// <summary>When the worker should look again without being woken; null while dead letters that the disk does not take hold the sink: the next heartbeat tries again.</summary>
    public DateTimeOffset? NextDeadline
    {
        get
        {
            lock (_gate)
            {
                if (_letters.Count > 0)
                {
                    return null;
                }

                var restart = _notes.Health.RestartHold.Until;
                return _delivery.NextDeadline is { } due && due < restart ? restart : _delivery.NextDeadline;
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
        if (state.Circuit.State != CircuitState.Closed && _definition.IsCauseOver?.Invoke(state.Circuit) == true)
        {
            state = state with { Circuit = CircuitRecord.Closed };
        }

        // A sink that never ran begins at the tail of every slot there is now; one that comes to light later is read from its oldest event.
        SlotTail[] others = _definition.StartsAtTail && state.Accounts.Count == 0
            ? [.. _environment.Sources().Where(source => _environment.StartTails.All(tail => tail.Slot != source.Slot)).Select(source => new SlotTail(source.Slot, source.Tail))]
            : [];
        lock (_gate)
        {
            _delivery = Fresh(state);

            // What was not set aside yet is refused again: what was kept knows nothing of it.
            _letters = [];
            if (!_definition.IsEventLog)
            {
                // The event log writes one slot, and its account says where it stands there.
                _delivery.See([.. _environment.StartTails, .. others], Now);
            }

            _isElsewhere = false;

            // Whoever asked before it was known how far the sink is asks for nothing when it is there already.
            EndReachedFlushes();
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
                _notes.Health.Tick(now);
                return _notes.Health.RestartHold.IsOver(now);
            }
        }
    }

    /// <summary>The sink was made anew, and this is what it keeps now; circuit, pause and waits stay.</summary>
    public void Reload(IReadOnlyList<SinkAccount> accounts)
    {
        lock (_gate)
        {
            var state = _delivery.State with { Accounts = OwnAccounts.ToGoOnFrom(_delivery.Accounts, accounts), Outstanding = null, Suspects = null, DeliveredAhead = [] };
            _delivery = new SinkDelivery(_policy, state, _definition.StartsAtTail, Now);
        }
    }

    /// <summary>The sink was made anew and cannot say what it keeps: it is made anew once more, later. The same cause is told once.</summary>
    public void ReloadFailed(string cause) => Do(now =>
    {
        if (cause != _notes.LastError)
        {
            _notes.Fault(cause, now);
        }

        _notes.Health.Failed(cause, now);
        _notes.Health.Threw(now);
    });

    /// <summary>Another process has the sink of this base directory.</summary>
    public void SetElsewhere()
    {
        lock (_gate)
        {
            _isElsewhere = true;
            _flushes.EndAll();
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
            _notes.Health.Tick(now);
            if (_letters.Count > 0 || !_notes.Health.RestartHold.IsOver(now))
            {
                return null;
            }

            _flushes.EndReplaced(tails);
            plan = _delivery.TryBegin(now, tails, (hurry && !_definition.SendsOnlyWhatIsDue) || !_flushes.IsEmpty);
            EndReachedFlushes();
            transitions = Noted(now);
        }

        _notes.Outbox.Raise(transitions);
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
                _lane = begun.Range.Lane;
            }

            _notes.Gone(plan, read, now);
            transitions = Noted(now);
        }

        _notes.Outbox.Raise(transitions);
        return batch;
    }

    public void ReadFailed(string cause)
    {
        lock (_gate)
        {
            _notes.Health.Failed(cause, Now);
            _delivery.ReadFailed(Now);
        }
    }

    /// <summary>The call has ended, in time or too late.</summary>
    public void Complete(SinkOutcome outcome, bool threw)
    {
        outcome = CleanCause.Of(outcome);
        IReadOnlyList<SinkTransition> transitions;
        lock (_gate)
        {
            var now = Now;
            var isInTime = _call.IsRunning;
            _call.End();
            if (threw)
            {
                _notes.Threw(outcome, now);
            }

            if (outcome is SinkOutcome.Held held)
            {
                Hold(held, isInTime, now);
            }

            if (_delivery.Complete(outcome, now, _environment.Jitter()) is { } settlement)
            {
                Note(settlement, now);
            }

            EndReachedFlushes();
            transitions = Noted(now);
        }

        _notes.Outbox.Raise(transitions);
    }

    /// <summary>The batch was not sent, and the sink has no part in that: it is tried again after a while.</summary>
    public void HandBack(string cause) => Do(now =>
    {
        var isInTime = _call.IsRunning;
        _call.End();
        _notes.Health.Failed(cause, now);
        if (isInTime)
        {
            _delivery.NotSent(now);
        }
        else
        {
            _delivery.Complete(new SinkOutcome.Retry(cause), now, _environment.Jitter());
        }
    });

    /// <summary>The sink is called now. What its call took before, a slow disk of ours took: no further time limit counts against it.</summary>
    public void Sent()
    {
        lock (_gate)
        {
            _call.Sent();
        }
    }

    /// <summary>Who called the sink is no more: the call is cancelled and counts as failed now; nothing begins before it has ended.</summary>
    public void GiveUpCall(string cause) => Do(now =>
    {
        if (_call.IsRunning)
        {
            _call.Cancel();
            Note(_delivery.GiveUpCall(cause, now, _environment.Jitter()), now);
        }
    });

    /// <summary>The program ends, and the call that is under way with it: a failure when it had its chance, no attempt otherwise. The event log's own is not asked.</summary>
    /// <returns>Whether there is something to keep.</returns>
    public bool CutOff()
    {
        var isFailure = false;
        Do(now =>
        {
            if (!_definition.IsEventLog && _call.IsRunning && _call.Elapsed >= _chance)
            {
                isFailure = true;
                var cause = string.Create(CultureInfo.InvariantCulture, $"no answer within {_call.Elapsed.TotalSeconds:0.#} s at the end of the program");
                _call.Cancel();
                Note(_delivery.CutOff(cause, now, _environment.Jitter()), now);
            }
        });
        return isFailure;
    }

    /// <summary>Looks at the clock: a call over its time counts as failed now, even while the sink hangs, and once more for each further time limit that it hangs on.</summary>
    public void Tick() => Do(now =>
    {
        _delivery.Tick(now);
        _notes.Health.Tick(now);
        SeeWhatWaits(now);
        if (_call.IsOverTime)
        {
            _call.Cancel();
            Note(_delivery.TimedOut(now, _environment.Jitter()), now);
        }
        else if (_call.IsOverTimeAgain)
        {
            _call.CountAgain();
            _delivery.HangsOn(now, _environment.Jitter());
        }

        EndReachedFlushes();
    });

    /// <summary>Whether a call was given up and has not ended.</summary>
    public bool IsHanging
    {
        get
        {
            lock (_gate)
            {
                return _call.UnderWay is { IsGivenUp: true };
            }
        }
    }

    /// <summary>
    /// The number of what there is to be kept now of the call, for those who look from outside: once when it has taken its time, once more when it was given up and each time that it counts again.
    /// Null when nothing is.
    /// </summary>
    public long? CallToShow
    {
        get
        {
            lock (_gate)
            {
                return _call.ToShow(_shownAfter);
            }
        }
    }

    /// <summary>What had this number is kept; what has happened to the call since is still to be.</summary>
    public void CallShown(long number)
    {
        lock (_gate)
        {
            _call.Shown(number);
        }
    }

    /// <summary>Carries out a command that concerns delivery alone.</summary>
    public void Execute(SinkCommand command) => Do(now =>
    {
        var (events, result) = CommandRules.Obey(command, _definition, _delivery, now);
        if (command.Kind is SinkCommandKind.Reset or SinkCommandKind.Probe)
        {
            _notes.Health.ForgetRestarts();
        }

        _notes.Commanded(command, result, events, now);
        EndReachedFlushes();
    });

    /// <summary>Dead letters were taken out of their file: they wait again, or were thrown away.</summary>
    /// <param name="command">What was asked for.</param>
    /// <param name="from">Before the first of them.</param>
    /// <param name="to">Behind the last.</param>
    /// <param name="note">What there is to say beside their number; null when nothing.</param>
    public void Revive(SinkCommand command, Cursor from, Cursor to, string? note) => Do(now =>
    {
        var letters = to.Ordinal - from.Ordinal;
        if (command.Kind == SinkCommandKind.Retry)
        {
            _delivery.Redeliveries.Add(Redelivery.DeadLetters(from, to));
        }
        else
        {
            _delivery.Redeliveries.Purge(letters);
        }

        var what = command.Kind == SinkCommandKind.Retry ? "dead letters are delivered again" : "dead letters were thrown away";
        _notes.Commanded(command, string.Create(CultureInfo.InvariantCulture, $"{letters} {what}{(note is null ? "" : "; ")}{note}"), letters, now);
    });

    /// <summary>What the sink is to be asked now of its bounds; null when nothing is.</summary>
    public BoundsQuestion? BoundsWanted
    {
        get
        {
            lock (_gate)
            {
                return _delivery.BoundsWanted(Now);
            }
        }
    }

    /// <summary>The sink told its bounds; those of a replay that was cancelled meanwhile say nothing of the next.</summary>
    public void BoundsFound(BoundsQuestion question, IReadOnlyList<EventRange> stored)
    {
        lock (_gate)
        {
            if (_delivery.Redeliveries.Awaits(question))
            {
                _delivery.Redeliveries.BoundsFound(stored);
            }
        }
    }

    /// <summary>The sink did not tell its bounds: it goes on telling them, it is asked again later and the replay waits, or the replay is refused.</summary>
    public void BoundsUnknown(BoundsQuestion question, Exception cause) => Do(now =>
    {
        if (!_delivery.Redeliveries.Awaits(question))
        {
            return;
        }

        switch (cause)
        {
            case TimeoutException:
                _delivery.BoundsUnfinished(now);
                break;
            case UnauthorizedAccessException:
                _notes.Fault(string.Create(CultureInfo.InvariantCulture, $"replay refused, {_delivery.BoundsRefused()} events skipped: {cause.Message}"), now);
                break;
            default:
                _notes.Fault($"replay waits: {cause.GetType().Name}: {cause.Message}", now);
                _delivery.BoundsUnknown(now);
                break;
        }
    });

    /// <summary>Changes size and age of batches from the next one on.</summary>
    public void SetBatching(int flushEvents, TimeSpan flushInterval)
    {
        lock (_gate)
        {
            _policy = _policy.WithBatching(flushEvents, flushInterval);
            _delivery.SetBatching(flushEvents, flushInterval);
        }
    }

    /// <summary>Sets a slot's cursor back or forward (skip).</summary>
    /// <returns>False while a batch is under way, or when the cursor is of another stream.</returns>
    public bool MoveTo(int slot, Cursor cursor)
    {
        lock (_gate)
        {
            return !_call.IsRunning && _letters.Count == 0 && _delivery.MoveTo(slot, cursor);
        }
    }

    /// <summary>A file of the sink could not be read or written.</summary>
    public void Fault(string cause) => Do(now => _notes.Fault(CleanCause.Of(cause), now));

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

    /// <summary>Letters are in their file.</summary>
    /// <param name="written">Which.</param>
    /// <param name="replaced">How many of them stand where the same event's letter stood.</param>
    public void LettersWritten(IReadOnlyList<DeadLetter> written, int replaced = 0)
    {
        lock (_gate)
        {
            _letters = [.. _letters.Except(written)];
            if (replaced > 0)
            {
                _delivery.Redeliveries.Replace(replaced);
            }
        }
    }

    /// <summary>Sends what is there now without waiting for batches to fill.</summary>
    /// <param name="tails">What is there.</param>
    /// <param name="timeout">How long the sink is in a hurry at most.</param>
    /// <returns>True when everything up to the tails was settled; false when time is over, the sink is open, paused or elsewhere, or something of it may not be sent now or is no more.</returns>
    public async Task<bool> FlushAsync(IEnumerable<SlotTail> tails, TimeSpan timeout)
    {
        var flush = Begin(tails);
        try
        {
            return await flush.Ended.WaitAsync(timeout, _environment.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (_gate)
            {
                _flushes.Remove(flush);
            }
        }
    }

    public void EndFlushes()
    {
        lock (_gate)
        {
            _flushes.EndAll();
        }
    }

    // A sink that hangs asks for nothing; what waits for it grows all the same, and operators must see that.
    private void SeeWhatWaits(DateTimeOffset now)
    {
        if (_delivery.IsBusy && _environment.Sources() is [var own, ..])
        {
            _delivery.See([new SlotTail(own.Slot, own.Tail)], now);
        }
    }

    private FlushRequest Begin(IEnumerable<SlotTail> tails)
    {
        lock (_gate)
        {
            var flush = _flushes.Add(tails);
            EndReachedFlushes();
            return flush;
        }
    }

    // Said too late it holds nothing: the call counts as failed already.
    private void Hold(SinkOutcome.Held held, bool isInTime, DateTimeOffset now)
    {
        if (held.Reason != _notes.LastError)
        {
            _notes.Fault(held.Reason, now);
        }

        if (isInTime && _lane.Origin == BatchOrigin.Live)
        {
            _flushes.EndHeld(_lane.Slot);
        }
    }

    private void Note(Settlement settlement, DateTimeOffset now)
    {
        if (settlement.DeadLetters.Count > 0)
        {
            _letters = [.. _letters, .. settlement.DeadLetters];
        }

        _notes.Settled(settlement, now);
    }

    private void EndReachedFlushes()
    {
        if (_flushes.IsEmpty)
        {
            return;
        }

        if (_isElsewhere || _delivery.IsPaused || _delivery.Circuit.State == CircuitState.Open)
        {
            _flushes.EndAll();
            return;
        }

        _flushes.EndReached(_delivery.Accounts);
    }

    private SinkDelivery Fresh(SinkState state)
    {
        var delivery = new SinkDelivery(_policy, state, _definition.StartsAtTail || _definition.State == KeptState.None, Now);
        _notes.Begin(delivery.Circuit);
        return delivery;
    }

    private IReadOnlyList<SinkTransition> Noted(DateTimeOffset now) => _notes.Take(_delivery.Circuit, _delivery.Pending, now);

    // What the lock guards, then what came of it: never the other way round. Not for what happens with each batch, because it allocates.
    private void Do(Action<DateTimeOffset> change)
    {
        IReadOnlyList<SinkTransition> transitions;
        lock (_gate)
        {
            var now = Now;
            change(now);
            transitions = Noted(now);
        }

        _notes.Outbox.Raise(transitions);
    }
}
