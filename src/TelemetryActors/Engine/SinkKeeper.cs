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
    private readonly DeadLetterShelf _shelf = new(environment.Files, environment.BaseDirectory, definition.Name);
    private readonly PurgeReceipts _receipts = new(environment.Files, environment.BaseDirectory, definition.Name);
    private readonly HashSet<StreamId> _takenFiles = [];
    private readonly List<StreamId> _takenOut = [];
    private Storage.IFileLock? _lock;
    private long _commandsRead;
    private bool _isFaulty;
    private bool _isFresh;

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
                _takenFiles.UnionWith(_shelf.Taken());
                _state.Begin();
            });
            _commandsRead = state.CommandsRead;

            // Where a sink begins that begins at the tail stands nowhere else: kept at once, a kill does not move it.
            _isFresh = definition.StartsAtTail && state.Accounts.Count == 0;
            _takenOut.Clear();
            _takenOut.AddRange(state.TakenOut);
        }
        else
        {
            Guard(() => _commandsRead = _commands.Length);
        }

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

        var state = supervisor.State with { CommandsRead = _commandsRead, TakenOut = [.. _takenOut] };
        var kept = definition.State == KeptState.Own ? OfOwn(state) : state;
        IsBehind = !Guard(() => _state.Save(kept));
        if (!IsBehind && _takenFiles.Count > 0)
        {
            Guard(() => PutAway(state));
        }
    }

    /// <summary>Carries out what operators have asked for since the last look.</summary>
    public void PollCommands()
    {
        var read = _commandsRead;
        IReadOnlyList<(SinkCommand Command, long End)> commands = [];
        Guard(() =>
        {
            commands = _commands.ReadFrom(ref read, out var fault);
            Report(fault);
        });
        var before = _commandsRead;
        foreach (var (command, end) in commands)
        {
            // One whose files the disk does not give now is tried again with the next look, and those behind it wait for it.
            if (!TryCarryOut(command, end))
            {
                read = _commandsRead;
                break;
            }

            _commandsRead = end;
        }

        _commandsRead = read;
        if (_commandsRead != before || _takenFiles.Count > 0 || _isFresh)
        {
            _isFresh = false;
            Keep();
        }
    }

    public void Dispose() => _lock?.Dispose();

    private bool TryCarryOut(SinkCommand command, long end)
    {
        if (!IsShared || command is not { Kind: SinkCommandKind.Retry or SinkCommandKind.Purge, Letters: { } letters })
        {
            supervisor.Execute(command);
            return true;
        }

        return Guard(() =>
        {
            var (from, to, ids, note) = _shelf.Take(letters, command.Kind == SinkCommandKind.Retry);
            if (command.Kind == SinkCommandKind.Purge)
            {
                _receipts.Write(command, end, ids, environment.Time.GetUtcNow());
            }

            if (from.Stream != StreamId.None)
            {
                _takenFiles.Add(from.Stream);
                _takenOut.Add(from.Stream);
            }

            supervisor.Revive(command, from, to, note);
        });
    }

    // Only what is kept to have been taken out leaves the dead letters' file, and only what is kept to have ended leaves the disk.
    private void PutAway(SinkState kept)
    {
        if (_takenOut.Count > 0)
        {
            _takenOut.ForEach(_shelf.Remove);
            _takenOut.Clear();
            _state.Save((definition.State == KeptState.Own ? OfOwn(kept) : kept) with { TakenOut = [] });
        }

        foreach (var stream in _takenFiles.Where(stream => kept.Redeliveries.All(redelivery => redelivery.Account.Cursor.Stream != stream)).ToList())
        {
            _shelf.Delete(stream);
            _takenFiles.Remove(stream);
        }
    }

    // How far all is settled, and what goes to the sink once more: the rest is what the sink keeps with its own data.
    private static SinkState OfOwn(SinkState state) => state with
    {
        Outstanding = state.Outstanding is { Range.Lane.Origin: not BatchOrigin.Live } again ? again : null,
        Suspects = state.Suspects is { Lane.Origin: not BatchOrigin.Live } suspects ? suspects : null,
        DeliveredAhead = [],
        Waiting = [],
    };

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
