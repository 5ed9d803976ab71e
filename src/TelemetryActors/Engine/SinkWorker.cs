using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>The thread of one sink: takes the sink, serves it turn by turn, drains it at the end.</summary>
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
    private readonly SinkTakeOver _takeOver;
    private readonly SinkTurn _turn;

    public SinkWorker(SinkSupervisor supervisor, SupervisionPolicy supervision, EngineEnvironment environment)
    {
        _supervisor = supervisor;
        _definition = supervisor.Definition;
        _environment = environment;
        _heartbeat = supervision.Heartbeat;
        _wakeUp = new WakeUp(environment.Time);
        _subscription = environment.Signal.Subscribe(_wakeUp.Set);
        _keeper = new SinkKeeper(_definition, environment, supervisor);
        _host = new SinkHost(_definition, new SinkContext(_definition.Name, environment.BaseDirectory, environment.Time), supervisor.Fault);
        _takeOver = new SinkTakeOver(supervisor, _keeper, _host);
        _turn = new SinkTurn(supervisor, _keeper, _host, _takeOver, environment, () => _isStopping);
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
        while (!_takeOver.TryTake())
        {
            if (_isStopping)
            {
                return false;
            }

            Sleep(_environment.Time.GetUtcNow() + _heartbeat);
        }

        return true;
    }

    // One turn; false once another process has the sink.
    private bool Serve()
    {
        if (_isTicked)
        {
            _isTicked = false;
            if (_supervisor.WhyHeld is null)
            {
                _host.Idle();
            }

            if (!_takeOver.TryOwn())
            {
                return OwnInTheEnd();
            }

            _keeper.PollCommands();
        }

        if (!_turn.TryTake(_definition.Hurry()))
        {
            Rest();
        }

        return true;
    }

    private void Rest()
    {
        if (_turn.OwnSlot is { } own)
        {
            _subscription.WakeAt(_supervisor.WakeAt(own));
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
        _supervisor.TryLast();
        while (_turn.TryTake(hurry: true) && _definition.IsEventLog)
        {
        }

        _keeper.Keep();
        return true;
    }
}
