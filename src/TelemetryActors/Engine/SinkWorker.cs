using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>The thread of one sink: wait, plan, read, deliver, settle.</summary>
internal sealed class SinkWorker : IDisposable
{
    private readonly SinkSupervisor _supervisor;
    private readonly SinkDefinition _definition;
    private readonly EngineEnvironment _environment;
    private readonly TimeSpan _heartbeat;
    private readonly WakeUp _wakeUp;
    private readonly IEventSubscription _subscription;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;
    private volatile bool _isTicked;

    private readonly SinkKeeper _keeper;

    // All below belongs to the thread.
    private readonly SinkHost _host;
    private readonly SinkSources _sources;
    private readonly byte[] _buffer;
    private readonly RecurringFault _loadFault;
    private IReadOnlyList<IEventSource> _slots = [];
    private SlotTail[] _tails = [];
    private bool _isMadeAnew;

    public SinkWorker(SinkSupervisor supervisor, SupervisionPolicy supervision, EngineEnvironment environment)
    {
        _supervisor = supervisor;
        _definition = supervisor.Definition;
        _environment = environment;
        _heartbeat = supervision.Heartbeat;
        _wakeUp = new WakeUp(environment.Time);
        _subscription = environment.Signal.Subscribe(_wakeUp.Set);
        _loadFault = new RecurringFault(supervisor.Fault);
        _sources = new SinkSources(_definition, environment);
        _keeper = new SinkKeeper(_definition, environment, supervisor);
        _host = new SinkHost(_definition, new SinkContext(_definition.Name, environment.BaseDirectory, environment.Time), supervisor.Fault);
        _buffer = GC.AllocateUninitializedArray<byte>(BatchReader.BufferBytes(_definition.Policy));
        _thread = new Thread(Run) { IsBackground = true, Name = $"telemetry {_definition.Name}" };
    }

    /// <summary>Ends when the thread has.</summary>
    public Task Ended => _ended.Task;

    public void Start() => _thread.Start();

    public void Wake() => _wakeUp.Set();

    /// <summary>A heartbeat passed: look at commands, at the lock, at other slots.</summary>
    public void Tick()
    {
        _isTicked = true;
        _wakeUp.Set();
    }

    /// <summary>Lets a call that takes its time be seen from outside; the thread itself is in it. On a thread that may wait for the disk.</summary>
    public void ShowCall() => _keeper.ShowCall();

    /// <summary>Sends what is there once more - the event log all of it, the others one batch, or none when it is not due and the definition says so - and ends.</summary>
    public void Stop()
    {
        _isStopping = true;
        _wakeUp.Set();
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>The program ends while the thread is in a call: what that means for the sink is decided already, and kept. On a thread that may wait for the disk.</summary>
    public void KeepCutOff() => _keeper.KeepCutOff();

    public void Dispose()
    {
        _subscription.Dispose();
        _wakeUp.Dispose();
    }

    private void Run()
    {
        try
        {
            _host.Attach();
            if (OwnInTheEnd())
            {
                while (!_isStopping && Guarded(Serve))
                {
                }

                Guarded(Drain);
            }

            _supervisor.EndFlushes();
            _host.Dispose();
            _keeper.Dispose();
        }
        catch (Exception exception)
        {
            // The last of all: a thread that ends this way would take the host with it.
            _supervisor.Fault($"the sink's thread ended: {exception.GetType().Name}: {exception.Message}");
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    // Nothing unexpected may end the thread in silence, or the host: it is told as a fault, and the sink goes on after a heartbeat.
    private bool Guarded(Func<bool> turn)
    {
        try
        {
            return turn();
        }
        catch (Exception exception)
        {
            _supervisor.Fault($"{exception.GetType().Name}: {exception.Message}");
            _supervisor.Complete(new SinkOutcome.Retry(exception.Message), threw: true);
            Sleep(_environment.Time.GetUtcNow() + _heartbeat);
            return true;
        }
    }

    // Without the sink nothing is served, whatever goes wrong while it is being taken.
    private bool OwnInTheEnd()
    {
        while (true)
        {
            try
            {
                return Own();
            }
            catch (Exception exception)
            {
                _supervisor.Fault($"{exception.GetType().Name}: {exception.Message}");
                if (_isStopping)
                {
                    return false;
                }

                Sleep(_environment.Time.GetUtcNow() + _heartbeat);
            }
        }
    }

    // Waits until no other process has the sink; false when stopped before that. Tried once even then: what was accepted is still to be drained.
    private bool Own()
    {
        while (true)
        {
            if (!_keeper.TryOwn())
            {
                _supervisor.SetElsewhere();
            }
            else if (TryLoad())
            {
                _keeper.PollCommands();
                return true;
            }

            if (_isStopping)
            {
                return false;
            }

            Sleep(_environment.Time.GetUtcNow() + _heartbeat);
        }
    }

    private bool TryLoad()
    {
        try
        {
            if (_keeper.Load() is not { } state)
            {
                return false;
            }

            _supervisor.Load(_definition.State == KeptState.Own ? state with { Accounts = OwnAccounts.ToGoOnFrom(state.Accounts, _host.LoadAccounts() ?? []) } : state);
            _loadFault.IsOver();
            return true;
        }
        catch (Exception exception)
        {
            // Tried again at each heartbeat, told when it is another fault.
            _loadFault.TellAnother($"{exception.GetType().Name}: {exception.Message}");
            return false;
        }
    }

    // A sink that keeps its accounts may have lost its data with what made it throw: what it has now is what counts.
    private bool TryReload()
    {
        if (!_isMadeAnew)
        {
            return true;
        }

        if (!_supervisor.MayMakeAnew)
        {
            return false;
        }

        try
        {
            if (_host.LoadAccounts() is { } accounts)
            {
                _supervisor.Reload(accounts);
            }

            _isMadeAnew = false;
            return true;
        }
        catch (Exception exception)
        {
            _supervisor.ReloadFailed($"{exception.GetType().Name}: {exception.Message}");
            return false;
        }
    }

    // One turn; false once another process has the sink.
    private bool Serve()
    {
        if (_isTicked)
        {
            _isTicked = false;
            _host.Idle();
            if (!_keeper.TryOwn())
            {
                _supervisor.SetElsewhere();
                return OwnInTheEnd();
            }

            _keeper.PollCommands();
        }

        if (!Step(hurry: _definition.Hurry()))
        {
            Rest();
        }

        return true;
    }

    private bool Step(bool hurry)
    {
        if (_keeper.IsBehind || _supervisor.UnwrittenLetters.Count > 0)
        {
            _keeper.Keep();
        }

        if (!TryReload())
        {
            return false;
        }

        // A search that never ends would take the time that the last batch has.
        if (!_isStopping)
        {
            FindBounds();
        }

        if (_supervisor.TryBegin(Tails(), hurry) is not { } plan)
        {
            return false;
        }

        var buffer = BatchReader.Fit(_buffer, plan);
        if (Read(plan, buffer) is not { } read || _supervisor.Loaded(plan, read) is not { } planned)
        {
            return true;
        }

        Deliver(planned, buffer.AsMemory(0, read.Bytes));
        _keeper.Keep();
        return true;
    }

    // Before a replay goes on, the sink is asked what it has of that time already, so that it makes no doubles.
    private void FindBounds()
    {
        if (_supervisor.BoundsWanted is not { } question)
        {
            return;
        }

        try
        {
            _supervisor.BoundsFound(question, _host.FindBounds(question));
        }
        catch (Exception exception)
        {
            _supervisor.BoundsUnknown(question, exception);
        }
    }

    private void Deliver(PlannedBatch planned, ReadOnlyMemory<byte> lines)
    {
        if (_definition.Policy.KeepsBoundsFirst ? !_keeper.Keep() : !_keeper.IsOwner)
        {
            _supervisor.HandBack("what the batch holds could not be kept before it was sent, so it was not sent");
            return;
        }

        var batch = planned.Of(lines);
        _supervisor.Sent();
        var outcome = _host.Deliver(batch, _supervisor.CallToken, out var thrown);
        _isMadeAnew = thrown is not null && _definition is { State: KeptState.Own, IsEventLog: false };
        _supervisor.Complete(outcome, threw: thrown is not null);
    }

    private EventRead? Read(BatchPlan plan, byte[] buffer)
    {
        try
        {
            return _sources.Read(plan, buffer);
        }
        catch (Exception exception)
        {
            _supervisor.ReadFailed($"{exception.GetType().Name}: {exception.Message}");
            return null;
        }
    }

    private void Rest()
    {
        if (_slots.Count > 0)
        {
            _subscription.WakeAt(_supervisor.WakeAt(_slots[0].Slot));
        }

        Sleep(_supervisor.NextDeadline);
    }

    private void Sleep(DateTimeOffset? due)
    {
        if (!_isStopping)
        {
            _wakeUp.WaitUntil(due);
        }
    }

    private bool Drain()
    {
        while (Step(hurry: true) && _definition.IsEventLog)
        {
        }

        _keeper.Keep();
        return true;
    }

    private ReadOnlySpan<SlotTail> Tails()
    {
        var slots = _sources.Slots;
        if (!ReferenceEquals(slots, _slots))
        {
            _slots = slots;
            _tails = new SlotTail[slots.Count];
        }

        for (var index = 0; index < _tails.Length; index++)
        {
            _tails[index] = new SlotTail(_slots[index].Slot, _slots[index].Tail);
        }

        return _tails;
    }
}
