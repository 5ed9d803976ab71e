using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>Opens a writer slot: what a dead writer left there is brought to the log, and a new ring begins behind it.</summary>
internal sealed class SlotOpening : IDisposable
{
    private const int MostLooks = 3;

    private readonly SlotSettings _settings;
    private readonly SlotHold _hold;
    private readonly LogFolder _folder;
    private readonly UntrackedStretches _untracked;
    private readonly bool _hasLock;
    private SlotRemains _remains;
    private bool _isOpen;

    private SlotOpening(SlotSettings settings, int number, IFileLock? slotLock)
    {
        _settings = settings;
        _hasLock = slotLock is not null;
        _hold = new SlotHold(settings, number, slotLock);
        _folder = new LogFolder(settings.Files, settings.Base.Path, settings.Log.File, number);
        _untracked = new UntrackedStretches(settings.Files, settings.Base.Path, number);
        _remains = SlotRemains.Find(settings, _folder, _hasLock);
    }

    /// <summary>Opens a slot whose lock the caller has; the lock is the slot's from then on.</summary>
    /// <returns>Null when a living process has the slot's ring, whatever became of its lock: then nothing was touched, and the lock is still the caller's.</returns>
    public static WriterSlot? TryOpen(SlotSettings settings, int number, IFileLock? slotLock, bool notesBegin = true)
    {
        using var opening = new SlotOpening(settings, number, slotLock);
        if (!opening.IsOfNobody())
        {
            return null;
        }

        var slot = opening.Open(notesBegin);
        opening._isOpen = true;
        return slot;
    }

    /// <summary>Lets go of the ring, unless the slot was opened and has it.</summary>
    public void Dispose()
    {
        if (!_isOpen)
        {
            _hold.LetRingGo();
        }
    }

    /// <summary>Begins without a usable base directory: a ring in memory, and a log that is tried again and again under a number nobody else has.</summary>
    public static WriterSlot OpenWithoutDisk(SlotSettings settings)
    {
        var number = SlotLocks.PrivateNumber();
        var folder = new LogFolder(settings.Files, settings.Base.Path, settings.Log.File, number);
        var begin = new Cursor(SlotRemains.NewStream(), 0, 0);
        var ring = new EventRing(RingFactory.Create(null, settings.RingBytes, begin, number, settings.Base.Path), settings.MaxWait);
        var log = new EventLog(folder, settings.Log, settings.Time, ring, LogIndex.Empty, begin, continueLast: false);
        var slot = new WriterSlot(new SlotHold(settings, number, null), folder, ring, log, SlotStart.Clean, new UntrackedStretches(settings.Files, settings.Base.Path, number));
        slot.BeginTracking(settings);
        return slot;
    }

    // Whoever lived while the files were read, because only its lock had been deleted, may have written on and ended since: what was seen
    // counts only when nothing has moved by the time that its ring is gone, or held here.
    private bool IsOfNobody()
    {
        for (var look = 0; look < MostLooks; look++)
        {
            if (HasLivingOwner())
            {
                return false;
            }

            if (_remains.IsAsFound(_folder))
            {
                return true;
            }

            _hold.LetRingGo();
            _remains = SlotRemains.Find(_settings, _folder, _hasLock);
        }

        return false;
    }

    // The one that was left comes last: it stays held.
    private bool HasLivingOwner() => _remains.RingPaths.Except([_remains.LeftPath]).Append(_remains.LeftPath).OfType<string>()
        .Any(path => _settings.Files.Identify(path) is not null && !_hold.TryHoldRing(path));

    private WriterSlot Open(bool notesBegin)
    {
        var found = _remains.Log;
        if (_settings.Log.File is null && _remains.RingPaths.Count > 0)
        {
            LeftFiles.SweepEmpty(_folder);
        }

        var unsynced = !found.IsClean || found.End.Position > found.Known.Position ? LeftFiles.Sync(_folder, found.Index) : null;
        return LeftRing.TryOpen(_settings, _folder, found, _remains.LeftPath, unsynced, _untracked) is { } left
            ? OpenBehind(left, notesBegin)
            : OpenWithout(hasFailedSync: unsynced is not null || found.HasFailedSync, notesBegin);
    }

    private WriterSlot OpenBehind(LeftRing left, bool notesBegin)
    {
        var adopted = new WriterSlot(_hold, _folder, left.Ring, left.Log, _remains.WithRuns(left.Start, left.Ring.Tail, left), _untracked);
        left.Log.OpenRuns = () => adopted.LeftRuns.Open;
        if (MustStay(left, adopted))
        {
            left.Ring.Adopt();
            return adopted;
        }

        // What the dead writer's ring had lost stands before the events that were left in it. Its runs were found, and stand in the state.
        var end = left.Log.Written;
        var hasFailedSync = left.Ring.FailedSync is not null;
        var begin = new SlotBegin(
            end,
            left.Log.Index,
            adopted.Start with { OpenRuns = [.. adopted.LeftRuns.Open], KnownTo = end, LeftTo = end },
            left.MayContinue && !hasFailedSync,
            hasFailedSync,
            left.Log.UntoldGap,
            left.Log.InDoubtBefore + left.Log.InDoubt);

        // Memory for rings need not hold two: nothing of this one is open any more when the next is made.
        left.Discard();
        _hold.LetRingGo();
        return Begin(notesBegin, begin);
    }

    // The old ring goes on while the disk does not take what it holds. Nor does it go before the state says that nothing is left in it: between its end and the
    // next one's begin there is none, and whoever found that after a further death would have to call what it held in doubt. Where the disk refuses the state
    // alone, a ring that was made for a take-over is too small to go on with.
    private bool MustStay(LeftRing left, WriterSlot adopted)
    {
        var areRunsFound = adopted.LeftRuns.TryFind();
        return !left.IsEmptied || !areRunsFound
            || (!adopted.TrySaveState(isClean: true) && (left.Ring.FailedSync is not null || left.Ring.Capacity >= _settings.RingBytes));
    }

    private WriterSlot OpenWithout(bool hasFailedSync, bool notesBegin)
    {
        var (at, start, index, mayContinue) = LeftRing.BeginWithout(_settings, _remains.Log, _remains.Stream, _folder);
        return Begin(notesBegin || start.InDoubt, new SlotBegin(
            at,
            index,
            _remains.WithRuns(start, at, left: null),
            mayContinue && !hasFailedSync,
            hasFailedSync,
            start.InDoubt ? _remains.InDoubtBefore(at) : _remains.Log.UntoldGap,
            _remains.Log.InDoubt));
    }

    // Where the disk does not take the note, nobody may know that positions behind this place were used: if the machine dies, the next one must not come down on them.
    private WriterSlot Begin(bool notes, SlotBegin begin)
    {
        var slot = Begin(begin);
        if (!notes || slot.TrySaveState(isClean: false) || _remains.Log.Stream == StreamId.None)
        {
            return slot;
        }

        slot.Log.Dispose();
        slot.Ring.Unmap();
        _hold.LetRingGo();
        return Begin(begin with { At = PositionJump.Further(begin.At, _settings.Draw), IsClean = !begin.Start.InDoubt });
    }

    private WriterSlot Begin(SlotBegin begin)
    {
        var ring = new EventRing(CreateRing(begin.At), _settings.MaxWait);
        var log = new EventLog(_folder, _settings.Log, _settings.Time, ring, begin.Index, begin.At, begin.MayContinue);
        log.CutBehind();
        if (begin.HasFailedSync)
        {
            ring.NoteFailedSync(begin.At);
        }

        if (begin.IsClean)
        {
            ring.NoteCleanBegin();
        }

        ring.NoteWriter();
        log.InDoubtBefore = begin.InDoubt;
        if (begin.Gap is { Gone: > 0 } told)
        {
            log.TellGap(told);
        }

        var slot = new WriterSlot(_hold, _folder, ring, log, begin.Start, _untracked);
        log.OpenRuns = () => slot.LeftRuns.Open;
        return slot;
    }

    // A ring that cannot be locked would look to others as one whose owner lives for ever: then rather none that outlives this process.
    private RingMemory CreateRing(Cursor begin)
    {
        foreach (var lost in _remains.RingPaths)
        {
            StrandedRing.RemoveLost(_settings, lost, begin.Stream);
        }

        foreach (var path in _hasLock ? _settings.Placement.Choices.Select(directory => RingPlacement.FileIn(directory, begin.Stream, _folder.Slot)) : [])
        {
            // Nor is one that may hold what the log does not have written over: its lines come to the log by themselves.
            if (!StrandedRing.TryMakeRoom(_settings.Files, path, begin.Stream)
                || RingFactory.TryCreate(path, _settings.RingBytes, begin, _folder.Slot, _settings.Base.Path) is not { } memory)
            {
                continue;
            }

            if (_hold.TryHoldRing(path))
            {
                return memory;
            }

            File.Delete(path);
        }

        // The lock may be on a stranded one, which nobody could bring while this process lives.
        _hold.LetRingGo();
        return RingFactory.Create(null, _settings.RingBytes, begin, _folder.Slot, _settings.Base.Path);
    }
}
