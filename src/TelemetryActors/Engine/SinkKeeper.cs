using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>A sink's files as its worker uses them: lock, state, dead letters, and the commands that are kept with the state. Faults are reported once, and tried again.</summary>
/// <remarks>The worker's alone, but for <see cref="ShowCall"/>, which carries out commands as well, and <see cref="KeepCutOff"/>: another thread may call these.</remarks>
internal sealed class SinkKeeper : IDisposable
{
    // Taken around each use: while a call lasts, another thread keeps the state.
    private readonly Lock _gate = new();
    private readonly SinkDefinition _definition;
    private readonly EngineEnvironment _environment;
    private readonly SinkSupervisor _supervisor;
    private readonly SinkStateFile _state;
    private readonly UnsettledLetters _unsettled;
    private readonly DeadLetterFile _dead;
    private readonly SinkCommands _commands;
    private readonly DiskGuard _disk;
    private readonly SinkSources _sources;
    private SinkHold? _hold;
    private SinkState? _found;
    private SinkState? _madeAnew;
    private bool _owesKeep;
    private byte[]? _letterBuffer;

    public SinkKeeper(SinkDefinition definition, EngineEnvironment environment, SinkSupervisor supervisor)
    {
        _definition = definition;
        _environment = environment;
        _supervisor = supervisor;
        var (files, folder, name) = (environment.Files, environment.BaseDirectory, definition.Name);
        _state = new SinkStateFile(files, folder, name);
        _unsettled = new UnsettledLetters(files, folder, name, definition.State == KeptState.Own);
        _dead = new DeadLetterFile(files, folder, name, _unsettled);
        _disk = new DiskGuard(supervisor.Fault);
        _commands = new SinkCommands(supervisor, environment, _disk, IsShared);
        _sources = new SinkSources(definition, environment);
    }

    /// <summary>Whether what was to be kept could not be kept yet.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>Whether the sink is this process's own, looked at now: whoever has lost it sends nothing more and keeps nothing more.</summary>
    public bool IsOwner => !IsShared || _hold is { IsHeld: true };

    /// <summary>Whether the sink was loaded since this process has it, with what it keeps itself.</summary>
    public bool IsLoaded { get; private set; }

    // What is decided goes on from what was loaded here: nothing else is kept over it.
    private bool HasDecisions => IsLoaded && _supervisor.IsLoaded;

    // The event log's writer belongs to its writer slot and a console to its process; all others are one a base directory.
    private bool IsShared => _definition.State == KeptState.Durable || (_definition.State == KeptState.Own && !_definition.IsEventLog);

    /// <summary>Whether this process has the sink and may go on with it; takes it when nobody has. Not while telemetry is switched off: a process of the same directory in which it is not may have the sink.</summary>
    /// <remarks>When it may not, the sink is to be disposed, and then let go.</remarks>
    public bool TryOwn()
    {
        using var hold = _gate.EnterScope();
        if (!IsShared)
        {
            return true;
        }

        if (_supervisor.WhyHeld is not null)
        {
            return false;
        }

        if (_hold is not null)
        {
            return IsOwner;
        }

        return _disk.Try(DiskWork.Own, () => _hold = SinkHold.TryTake(_environment.Files, _environment.BaseDirectory, _definition.Name)) && _hold is not null;
    }

    /// <summary>Gives back a sink that this process may not have any more, and has disposed. What was decided is kept first; until the disk takes that, and where it may stay after all, it stays.</summary>
    public void LetGo()
    {
        using var hold = _gate.EnterScope();
        if (IsOwner && (_supervisor.WhyHeld is null || (HasDecisions && !Keep())))
        {
            return;
        }

        // Whoever has it meanwhile goes on from the kept state: that is to be loaded again first.
        _hold?.Dispose();
        _hold = null;
        _found = null;
        IsLoaded = false;
        _supervisor.Unload();
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

        // A sink that was to be let go and stayed: what was decided for it goes before what is read.
        if (HasDecisions && !Keep())
        {
            return null;
        }

        SinkState? loaded = null;
        _disk.Try(DiskWork.Load, () =>
        {
            var state = _state.Load(_environment.Time.GetUtcNow(), out var fault);
            if (fault is not null)
            {
                _supervisor.Fault(fault);
            }

            _commands.Load(state);
            var read = ReferenceEquals(state, SinkState.Fresh) ? _commands.File.Length : state.CommandsRead;
            state = _unsettled.Withdraw(state);

            // Where a sink begins that begins at the tail stands nowhere else: kept at once, a kill does not move it. A call that was kept ended with its process.
            // So did its fault, once the sink serves.
            _owesKeep = (_definition.StartsAtTail && state.Accounts.Count == 0) || state.Call is not null || state.LoadFault is not null;
            _found = state with { CommandsRead = read };
            Volatile.Write(ref _madeAnew, null);
            loaded = state with { LoadFault = null };
        });
        // What a sink keeps itself is part of it: until that is known there is no state that may be kept.
        IsLoaded = loaded is not null && _definition.State != KeptState.Own;
        if (loaded is not null && !_owesKeep)
        {
            // So that the sink is seen before it has delivered anything; a disk that does not take it now keeps no sink from its work.
            // Not for one that begins at the tail: a first state that does not say where would, after a kill, let it begin at a later tail.
            _disk.Try(DiskWork.Begin, () => _state.Begin(_commands.File, _found));
        }

        return loaded;
    }

    /// <summary>What a sink that keeps its accounts with its data goes on from, with what was kept.</summary>
    /// <exception cref="IOException">The dead letters cannot be read now.</exception>
    public SinkState WithOwn(SinkState state, IReadOnlyList<SinkAccount> own)
    {
        using var hold = _gate.EnterScope();
        if (!IsShared)
        {
            return state with { Accounts = own };
        }

        var merged = _unsettled.WithOwn(state, own);

        // What was lost once is settled once, also where nothing comes behind it.
        _owesKeep |= state.KnowsNothing || merged.Redelivered != state.Redelivered || state.Accounts.Count < own.Count;

        // An answer from before the sink was let go loads nothing.
        IsLoaded = _found is not null;
        return merged;
    }

    /// <summary>A sink that keeps its accounts with its data was made anew, and goes on from these: before the next letter is written, it is looked which events that come again are letters.</summary>
    /// <remarks>On any thread; it waits for nothing.</remarks>
    public void MadeAnew(SinkState state) => Volatile.Write(ref _madeAnew, state);

    /// <summary>The sink cannot say what it has: kept with what was found, so that it is seen from outside. The state that is kept once it can says nothing of it.</summary>
    public void KeepLoadFault(string cause)
    {
        using var hold = _gate.EnterScope();
        var clean = CleanCause.Of(cause);
        if (IsShared && IsOwner && _found is { } found && found.LoadFault != clean && _disk.Try(DiskWork.Keep, () => _state.Save(found with { LoadFault = clean })))
        {
            _found = found with { LoadFault = clean };
        }
    }

    /// <summary>Writes dead letters, then keeps the state as it is now: effect, then dead letter, then cursor.</summary>
    /// <returns>False when something could not be kept, or is another process's to keep.</returns>
    public bool Keep()
    {
        using var hold = _gate.EnterScope();
        IsBehind = !IsOwner || !HasDecisions || !TryWriteLetters();
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

        var state = _commands.Note(now) with { Letters = _unsettled.Last };
        var kept = _definition.State == KeptState.Own ? OfOwn(state) : state;
        IsBehind = !_disk.Try(DiskWork.Keep, () => _state.Save(kept));
        if (!IsBehind)
        {
            _supervisor.Kept(kept);
        }

        if (!IsBehind && _commands.HasTaken)
        {
            _disk.Try(DiskWork.PutAway, () => _commands.PutAway(state, () => _state.Save(kept with { TakenOut = [] })));
        }

        return !IsBehind;
    }

    /// <summary>Carries out what operators have asked for since the last look.</summary>
    public void PollCommands()
    {
        using var hold = _gate.EnterScope();
        if ((_commands.Poll() || _owesKeep) && _commands.IsBegun)
        {
            _owesKeep = false;
            Keep();
        }

        if (_commands.IsUpToDate)
        {
            _supervisor.CommandsDone();
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
        if (!_disk.Try(DiskWork.Letters, () =>
        {
            LookWhatIsALetter();
            replaced = _dead.Append(letters, _sources.Of, buffer, _environment.Time.GetUtcNow());
        }))
        {
            return false;
        }

        _supervisor.LettersWritten(letters, replaced);
        return true;
    }

    private void LookWhatIsALetter()
    {
        if (Volatile.Read(ref _madeAnew) is { } state)
        {
            _unsettled.MadeAnew(state);
            Interlocked.CompareExchange(ref _madeAnew, null, state);
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
}
