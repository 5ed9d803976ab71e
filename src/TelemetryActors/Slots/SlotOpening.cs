using System.Diagnostics.CodeAnalysis;
using TelemetryActors.Encoding;
using TelemetryActors.Events;
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
    private ulong _mark;
    private RecoveredLog _recovered;
    private StreamId _stream;
    private string? _ringPath;
    private string? _leftPath;
    private bool _isOpen;

    private SlotOpening(SlotSettings settings, int number, IFileLock? slotLock)
    {
        _settings = settings;
        _hasLock = slotLock is not null;
        _hold = new SlotHold(settings, number, slotLock);
        _folder = new LogFolder(settings.Files, settings.Base.Path, settings.Log.File, number);
        _untracked = new UntrackedStretches(settings.Files, settings.Base.Path, number);
        Look();
    }

    /// <summary>Opens a slot whose lock the caller has; the lock is the slot's from then on.</summary>
    /// <returns>Null when a living process has the slot's ring, whatever became of its lock: then nothing was touched, and the lock is still the caller's.</returns>
    public static WriterSlot? TryOpen(SlotSettings settings, int number, IFileLock? slotLock, bool notesBegin = true)
    {
        using var opening = new SlotOpening(settings, number, slotLock);
        return opening.IsOfNobody() ? opening.Open(notesBegin) : null;
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
        var begin = new Cursor(NewStream(), 0, 0);
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

            if (SlotFiles.MarkOf(_folder) == _mark)
            {
                return true;
            }

            _hold.LetRingGo();
            Look();
        }

        return false;
    }

    private bool HasLivingOwner() => _leftPath is not null && _settings.Files.Identify(_leftPath) is not null && !_hold.TryHoldRing(_leftPath);

    [MemberNotNull(nameof(_recovered))]
    private void Look()
    {
        _mark = SlotFiles.MarkOf(_folder);
        _recovered = LogRecovery.Recover(_folder);
        if (_recovered.Stream == StreamId.None && RingFactory.FindLeft(_settings.Placement.Directory, _settings.Base.Path, _folder.Slot) is { } known)
        {
            // Neither state nor log: a disk that took nothing has left all there is in a ring.
            _recovered = _recovered with { Stream = known, Known = _recovered.Known with { Stream = known } };
        }

        _stream = _recovered.Stream == StreamId.None ? NewStream() : _recovered.Stream;
        _ringPath = _hasLock ? _settings.Placement.FileOf(_stream, _folder.Slot) : null;
        _leftPath = _hasLock && _recovered is { IsClean: false, Ring: { } named } ? Reachable(named, _folder.Slot) ?? _ringPath : _ringPath;
    }

    // The ring may be in another user's directory, or named by a variable that is not set here. One that is there and cannot be opened is left to who can.
    private string? Reachable(RingPlace named, int number)
    {
        if (!named.IsOfThisHost && NativeFile.FileSystemOf(_settings.Base.Path) == FileSystemKind.Shared)
        {
            throw new SlotElsewhereException($"Writer slot {number} was left by {named.Host}, which alone can see its ring: it is left alone here.");
        }

        if (!named.IsOfThisHost)
        {
            return null;
        }

        try
        {
            if (NativeFile.Identify(named.Path) is null)
            {
                return null;
            }

            using var ring = NativeFile.OpenUnlocked(named.Path, createNew: false);
            return named.Path;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SlotElsewhereException($"Writer slot {number} was left with the ring {named.Path}, which cannot be opened here: it is left to its user. {exception.Message}", exception);
        }
    }

    private WriterSlot Open(bool notesBegin)
    {
        SweepEmpty();
        var unsynced = !_recovered.IsClean || _recovered.End.Position > _recovered.Known.Position ? SyncLeft() : null;
        var left = LeftRing.TryOpen(_settings, _folder, _recovered, _leftPath, unsynced, _untracked);
        if (left is { IsEmptied: false } or { Ring.FailedSync: not null })
        {
            var adopted = new WriterSlot(_hold, _folder, left.Ring, left.Log, WithRuns(left.Start, left.Ring.Tail, left), _untracked);
            adopted.FindAbandoned();
            left.Log.OpenRuns = () => adopted.Abandoned;
            if (!left.IsEmptied || !adopted.TrySaveState(isClean: false))
            {
                // The disk refuses: the old ring goes on, with what it holds. One that alone says that an fsync failed does not go before the state says it.
                left.Ring.Adopt();
                _isOpen = true;
                return adopted;
            }
        }

        var (begin, start, index, mayContinue) = left is not null
            ? (left.Log.Written, left.Start, left.Log.Index, left.MayContinue)
            : LeftRing.BeginWithout(_settings, _recovered, _stream, _folder);

        // A later fsync of a file proves nothing of what an earlier one failed for: what comes next goes to another, after a further death as well.
        var hasFailedSync = left is not null ? left.Ring.FailedSync is not null : unsynced is not null || _recovered.HasFailedSync;
        mayContinue &= !hasFailedSync;
        left?.Discard();

        // What a dead writer's ring had lost stands before the events that were left in it; a ring that was lost leaves what was known beyond the files in doubt.
        var gap = left is not null ? left.Log.UntoldGap : start.InDoubt ? InDoubtBefore(begin) : _recovered.UntoldGap;
        var inDoubt = left is null ? _recovered.InDoubt : left.Log.InDoubtBefore + left.Log.InDoubt;
        start = WithRuns(start, begin, left);
        var slot = Begin(index, begin, start, mayContinue, hasFailedSync, gap, inDoubt);
        slot.Log.OpenRuns = () => slot.Abandoned;
        if ((notesBegin || start.InDoubt) && !slot.TrySaveState(isClean: false) && start.InDoubt)
        {
            // Nobody will know of this jump: the next one must not come down on the same place.
            slot.Log.Dispose();
            begin = PositionJump.Further(begin, _settings.Draw);
            slot = Begin(index, begin, WithRuns(start, begin, left), mayContinue, hasFailedSync, gap, inDoubt);
        }

        _isOpen = true;
        return slot;
    }

    // A writer that died on a full disk left files that the disk gave it no byte for. A file that the settings name is the owner's.
    private void SweepEmpty()
    {
        if (_settings.Log.File is not null || _ringPath is null)
        {
            return;
        }

        try
        {
            foreach (var path in _folder.List().Select(name => _folder.PathOf(name.ToString())).Where(path => _settings.Files.Identify(path) is { Length: 0 }))
            {
                _settings.Files.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // They hold nothing that anybody reads; the next start tries again.
        }
    }

    private LogGap InDoubtBefore(Cursor begin) => new(
        DropReason.InDoubt, begin.Ordinal - _recovered.End.Ordinal + (_recovered.Index.Furthest is null ? _recovered.UntoldGap?.Gone ?? 0 : 0));

    private WriterSlot Begin(LogIndex index, Cursor begin, SlotStart start, bool mayContinue, bool hasFailedSync, LogGap? gap, long inDoubt)
    {
        var ring = new EventRing(CreateRing(begin), _settings.MaxWait);
        var log = new EventLog(_folder, _settings.Log, _settings.Time, ring, index, begin, mayContinue);
        log.CutBehind();
        if (hasFailedSync)
        {
            ring.NoteFailedSync(begin);
        }

        ring.NoteWriter();
        log.InDoubtBefore = inDoubt;
        if (gap is { Gone: > 0 } told)
        {
            log.TellGap(told);
        }

        return new WriterSlot(_hold, _folder, ring, log, start, _untracked);
    }

    // A ring that cannot be locked would look to others as one whose owner lives for ever: then rather none that outlives this process.
    private RingMemory CreateRing(Cursor begin)
    {
        // Nor is one that may hold what the log does not have written over: its lines come to the log by themselves.
        var path = _ringPath is not null && StrandedRing.TryMakeRoom(_settings.Files, _ringPath, begin.Stream) ? _ringPath : null;
        var memory = RingFactory.Create(path, _settings.RingBytes, begin, _folder.Slot, _settings.Base.Path);
        if (memory.Path is null || _hold.TryHoldRing(memory.Path))
        {
            return memory;
        }

        File.Delete(memory.Path);
        return RingFactory.Create(null, _settings.RingBytes, begin, _folder.Slot, _settings.Base.Path);
    }

    // The last writer died, and what it wrote may never have reached the device: from here on it counts as if it had.
    private Cursor? SyncLeft()
    {
        Cursor? unsynced = null;
        foreach (var file in _recovered.Index.Stretches.Where(stretch => !stretch.IsGone).GroupBy(stretch => stretch.File))
        {
            try
            {
                var path = _folder.PathOf(file.Key);
                using var opened = _folder.Files.Open(path, writable: true);
                opened.Sync();
                _folder.Files.SyncDirectory(Path.GetDirectoryName(path)!);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // What the device has of it is in doubt, unless a ring still holds it.
                var first = file.MinBy(stretch => stretch.Start.Position)!.Start;
                unsynced = unsynced is { } known && known.Position < first.Position ? known : first;
            }
        }

        return unsynced;
    }

    // A writer that left a ring did not end in order, whatever the state says: it may not have come to saying that it had begun.
    // Who ended in order has named the runs that it left; behind that there is nothing.
    private SlotStart WithRuns(SlotStart start, Cursor leftTo, LeftRing? left) => _recovered.IsClean && left is null
        ? start with { OpenRuns = _recovered.OpenRuns }
        : start with { OpenRuns = _recovered.OpenRuns, KnownTo = _recovered.Known with { Stream = leftTo.Stream }, LeftTo = leftTo, Writers = WritersSince(left) };

    // Who wrote the state, and whose ring it was: one process, unless the last one died before it had written a state.
    private List<string>? WritersSince(LeftRing? left)
    {
        if (left is { Writer: null } || _recovered is { IsClean: false, Writer: null })
        {
            return null;
        }

        List<string> writers = left?.Writer is { } ofRing ? [ofRing] : [];
        if (!_recovered.IsClean)
        {
            writers.Add(_recovered.Writer!);
        }

        return writers;
    }

    private static StreamId NewStream() => new(RandomBits.Next() | 1);
}
