using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>A sink's files as its worker uses them: state, commands, dead letters, lock. Faults are reported once, and tried again.</summary>
/// <remarks>The worker's alone, but for <see cref="ShowCall"/>, which carries out commands as well, and <see cref="KeepCutOff"/>: another thread may call these.</remarks>
internal sealed class SinkKeeper : IDisposable
{
    // Taken around each use: while a call lasts, another thread keeps the state.
    private readonly Lock _gate = new();
    private readonly SinkDefinition _definition;
    private readonly EngineEnvironment _environment;
    private readonly SinkSupervisor _supervisor;
    private readonly SinkStateFile _state;
    private readonly SinkCommandFile _commands;
    private readonly UnsettledLetters _unsettled;
    private readonly DeadLetterFile _dead;
    private readonly DeadLetterShelf _shelf;
    private readonly PurgeReceipts _receipts;
    private readonly SinkSources _sources;
    private readonly HashSet<StreamId> _takenFiles = [];
    private readonly List<StreamId> _takenOut = [];
    private SinkHold? _hold;

    // Null until it is known where they begin that concern this process: those behind what was kept, or what comes from now on.
    private long? _commandsRead;
    private bool _isFaulty;
    private bool _owesKeep;
    private byte[]? _letterBuffer;

    public SinkKeeper(SinkDefinition definition, EngineEnvironment environment, SinkSupervisor supervisor)
    {
        _definition = definition;
        _environment = environment;
        _supervisor = supervisor;
        var (files, folder, name) = (environment.Files, environment.BaseDirectory, definition.Name);
        _state = new SinkStateFile(files, folder, name);
        _commands = new SinkCommandFile(files, folder, name);
        _unsettled = new UnsettledLetters(files, folder, name);
        _dead = new DeadLetterFile(files, folder, name, _unsettled);
        _shelf = new DeadLetterShelf(files, folder, name, _unsettled);
        _receipts = new PurgeReceipts(files, folder, name);
        _sources = new SinkSources(definition, environment);
    }

    /// <summary>Whether what was to be kept could not be kept yet.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>Whether the sink is this process's own, looked at now: whoever has lost it sends nothing more and keeps nothing more.</summary>
    public bool IsOwner => !IsShared || _hold is { IsHeld: true };

    /// <summary>Whether the sink was loaded since this process has it.</summary>
    public bool IsLoaded { get; private set; }

    // The event log's writer belongs to its writer slot and a console to its process; all others are one a base directory.
    private bool IsShared => _definition.State == KeptState.Durable || (_definition.State == KeptState.Own && !_definition.IsEventLog);

    /// <summary>Whether this process has the sink; takes it when nobody has.</summary>
    public bool TryOwn()
    {
        using var hold = _gate.EnterScope();
        if (IsOwner)
        {
            return true;
        }

        if (_hold is not null)
        {
            // Whoever had it meanwhile has gone on from the kept state: that is to be loaded again first.
            _hold.Dispose();
            _hold = null;
            IsLoaded = false;
            return false;
        }

        return Guard(() => _hold = SinkHold.TryTake(_environment.Files, _environment.BaseDirectory, _definition.Name)) && _hold is not null;
    }

    /// <summary>What was kept; null when the disk does not answer: then nothing is known, and nothing may be sent or kept.</summary>
    public SinkState? Load()
    {
        using var hold = _gate.EnterScope();
        if (!IsShared)
        {
            IsLoaded = true;
            return SinkState.Fresh;
        }

        SinkState? loaded = null;
        Guard(() =>
        {
            var state = _state.Load(_environment.Time.GetUtcNow(), out var fault);
            Report(fault);
            _takenFiles.UnionWith(_shelf.Taken());
            _unsettled.Find(state);

            // The trail of what was asked long ago is no reason to do it again: with no state it begins now.
            _commandsRead = ReferenceEquals(state, SinkState.Fresh) ? null : state.CommandsRead;
            _takenOut.Clear();
            _takenOut.AddRange(state.TakenOut);

            // Where a sink begins that begins at the tail stands nowhere else: kept at once, a kill does not move it. A call that was kept ended with its process.
            _owesKeep = (_definition.StartsAtTail && state.Accounts.Count == 0) || state.Call is not null;
            loaded = state;
        });
        IsLoaded = loaded is not null;
        if (IsLoaded && !_owesKeep)
        {
            // So that the sink is seen before it has delivered anything; a disk that does not take it now keeps no sink from its work.
            // Not for one that begins at the tail: a first state that does not say where would, after a kill, let it begin at a later tail.
            Guard(() => _state.Begin(_commands));
        }

        return loaded;
    }

    /// <summary>Writes dead letters, then keeps the state as it is now: effect, then dead letter, then cursor.</summary>
    /// <returns>False when something could not be kept, or is another process's to keep.</returns>
    public bool Keep()
    {
        using var hold = _gate.EnterScope();
        IsBehind = !IsOwner || !TryWriteLetters();
        if (IsBehind || !IsShared)
        {
            return !IsBehind;
        }

        // What is kept never says more than the dead letters that go before it, whichever thread keeps it.
        if (_supervisor.StateToKeep is not { } now)
        {
            IsBehind = true;
            return false;
        }

        var state = now with { CommandsRead = _commandsRead ?? 0, TakenOut = [.. _takenOut] };
        var kept = _definition.State == KeptState.Own ? OfOwn(state) : state;
        IsBehind = !Guard(() => _state.Save(kept));
        if (!IsBehind && _takenFiles.Count > 0)
        {
            Guard(() => PutAway(state));
        }

        return !IsBehind;
    }

    /// <summary>Carries out what operators have asked for since the last look.</summary>
    public void PollCommands()
    {
        using var hold = _gate.EnterScope();
        if (_commandsRead is not { } read)
        {
            Guard(BeginCommands);
            if (_owesKeep && _commandsRead is not null)
            {
                _owesKeep = false;
                Keep();
            }

            return;
        }

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
                read = _commandsRead.Value;
                break;
            }

            _commandsRead = end;
        }

        _commandsRead = read;
        if (_commandsRead != before || _takenFiles.Count > 0 || _owesKeep)
        {
            _owesKeep = false;
            Keep();
        }
    }

    /// <summary>Keeps the state while a call takes its time, so that it is seen from outside: once, and once more when the call is given up and each time that it counts again.</summary>
    /// <remarks>On any thread that may wait for the disk. While the worker uses the files itself there is nothing to show. Operators' commands are carried out while the call hangs.</remarks>
    public void ShowCall()
    {
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            if (IsLoaded && _supervisor.IsHanging && IsOwner)
            {
                PollCommands();
            }

            if (IsLoaded && _supervisor.CallToShow is { } call && Keep())
            {
                _supervisor.CallShown(call);
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Keeps what became of a call that the end of the program cut off: its worker is still in it.</summary>
    /// <remarks>On any thread that may wait for the disk.</remarks>
    public void KeepCutOff()
    {
        using var hold = _gate.EnterScope();
        if (IsLoaded)
        {
            Keep();
        }
    }

    public void Dispose()
    {
        using var hold = _gate.EnterScope();
        _hold?.Dispose();
    }

    private bool TryWriteLetters()
    {
        if (_supervisor.UnwrittenLetters is not { Count: > 0 } letters)
        {
            return true;
        }

        var replaced = 0;
        var buffer = _letterBuffer ??= new byte[BatchReader.MaxEventBytes];
        if (!Guard(() => replaced = _dead.Append(letters, _sources.Of, buffer, _environment.Time.GetUtcNow())))
        {
            return false;
        }

        _supervisor.LettersWritten(letters, replaced);
        return true;
    }

    private void BeginCommands()
    {
        _commandsRead = _commands.Length;
        if (IsShared && _commandsRead > 0)
        {
            _supervisor.Fault("no state is kept: commands that were given before are not carried out");
            Keep();
        }
    }

    private bool TryCarryOut(SinkCommand command, long end)
    {
        if (!IsShared || command is not { Kind: SinkCommandKind.Retry or SinkCommandKind.Purge, Letters: { } letters })
        {
            _supervisor.Execute(command);
            return true;
        }

        return Guard(() =>
        {
            var (from, to, ids, note) = _shelf.Take(letters, command.Kind == SinkCommandKind.Retry);
            if (command.Kind == SinkCommandKind.Purge)
            {
                _receipts.Write(command, end, ids, _environment.Time.GetUtcNow());
            }

            if (from.Stream != StreamId.None)
            {
                _takenFiles.Add(from.Stream);
                _takenOut.Add(from.Stream);
            }

            _supervisor.Revive(command, from, to, note);
        });
    }

    // Only what is kept to have been taken out leaves the dead letters' file, and only what is kept to have ended leaves the disk.
    private void PutAway(SinkState kept)
    {
        if (_takenOut.Count > 0)
        {
            _takenOut.ForEach(_shelf.Remove);
            _takenOut.Clear();
            _state.Save((_definition.State == KeptState.Own ? OfOwn(kept) : kept) with { TakenOut = [] });
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
            _supervisor.Fault(fault);
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
                _supervisor.Fault(exception.Message);
            }

            _isFaulty = true;
            return false;
        }
    }
}
