using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>A sink's files as its worker uses them: state, commands, dead letters, lock. Faults are reported once, and tried again.</summary>
internal sealed class SinkKeeper(SinkDefinition definition, EngineEnvironment environment, SinkSupervisor supervisor) : IDisposable
{
    private readonly SinkStateFile _state = new(environment.Files, environment.BaseDirectory, definition.Name);
    private readonly SinkCommandFile _commands = new(environment.Files, environment.BaseDirectory, definition.Name);
    private readonly DeadLetterFile _dead = new(environment.Files, environment.BaseDirectory, definition.Name);
    private Storage.IFileLock? _lock;
    private (CircuitRecord Circuit, bool IsPaused, long CommandsRead) _kept = (CircuitRecord.Closed, false, 0);
    private long _commandsRead;
    private bool _isFaulty;

    /// <summary>Whether what was to be kept could not be kept yet.</summary>
    public bool IsBehind { get; private set; }

    // The event log's writer belongs to its writer slot and a console to its process; all others are one a base directory.
    private bool IsShared => definition.State == KeptState.Durable || (definition.State == KeptState.Own && !definition.IsEventLog);

    /// <summary>Whether this process has the sink; takes it when nobody has.</summary>
    public bool TryOwn()
    {
        if (!IsShared || _lock is { IsHeld: true })
        {
            return true;
        }

        _lock?.Dispose();
        _lock = null;
        return Guard(() =>
        {
            environment.Files.CreateDirectory(SinkPaths.StateDirectory(environment.BaseDirectory));
            _lock = environment.Files.TryLock(SinkPaths.Lock(environment.BaseDirectory, definition.Name));
        }) && _lock is not null;
    }

    /// <summary>What was kept. When the disk does not answer, a fresh state: nothing can be known.</summary>
    public SinkState Load()
    {
        var state = SinkState.Fresh;
        if (IsShared)
        {
            Guard(() =>
            {
                state = _state.Load(environment.Time.GetUtcNow(), out var fault);
                Report(fault);
            });
            _commandsRead = state.CommandsRead;
        }
        else
        {
            Guard(() => _commandsRead = _commands.Length);
        }

        _kept = (state.Circuit, state.IsPaused, _commandsRead);
        return state;
    }

    /// <summary>Writes dead letters, then keeps the state: effect, then dead letter, then cursor.</summary>
    public void Settle(Func<int, IEventSource?> sourceOf, byte[] buffer)
    {
        if (supervisor.UnwrittenLetters is { Count: > 0 } letters)
        {
            if (!Guard(() => _dead.Append(letters, sourceOf, buffer, environment.Time.GetUtcNow())))
            {
                IsBehind = true;
                return;
            }

            supervisor.LettersWritten();
        }

        IsBehind = false;
        if (IsShared)
        {
            Keep();
        }
    }

    /// <summary>Keeps the state as it is now.</summary>
    public void Keep()
    {
        if (!IsShared || _lock is null)
        {
            return;
        }

        var state = supervisor.State with { CommandsRead = _commandsRead };
        if (definition.State == KeptState.Own)
        {
            if (_kept == (state.Circuit, state.IsPaused, state.CommandsRead))
            {
                return;
            }

            state = state with { Accounts = [], Outstanding = null, Suspects = null, DeliveredAhead = [], Waiting = [] };
        }

        IsBehind = !Guard(() => _state.Save(state));
        if (!IsBehind)
        {
            _kept = (state.Circuit, state.IsPaused, state.CommandsRead);
        }
    }

    /// <summary>Carries out what operators have asked for since the last look.</summary>
    public void PollCommands()
    {
        var read = _commandsRead;
        IReadOnlyList<SinkCommand> commands = [];
        Guard(() =>
        {
            commands = _commands.ReadFrom(ref read, out var fault);
            Report(fault);
        });
        foreach (var command in commands)
        {
            supervisor.Execute(command);
        }

        if (read != _commandsRead)
        {
            _commandsRead = read;
            Keep();
        }
    }

    public void Dispose() => _lock?.Dispose();

    private void Report(string? fault)
    {
        if (fault is not null)
        {
            supervisor.Fault(fault);
        }
    }

    // A disk that fails again and again is one fault until it works again.
    private bool Guard(Action disk)
    {
        try
        {
            disk();
            _isFaulty = false;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_isFaulty)
            {
                supervisor.Fault(exception.Message);
            }

            _isFaulty = true;
            return false;
        }
    }
}
