using System.Security.Cryptography;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>What one writing process owns in a base directory: a ring and its part of the event log, behind one lock.</summary>
internal sealed class WriterSlot : IDisposable
{
    private static readonly List<WriterSlot> HeldToTheEnd = [];

    private readonly SlotSettings _settings;
    private readonly Lock _holding = new();
    private IFileLock? _lock;
    private bool _released;
    private IReadOnlyCollection<KeyValuePair<string, string>>? _abandoned;

    private WriterSlot(SlotSettings settings, int number, IFileLock? slotLock, LogFolder folder, EventRing ring, EventLog log, SlotStart start)
    {
        _settings = settings;
        _lock = slotLock;
        Number = number;
        Folder = folder;
        Ring = ring;
        Log = log;
        Start = start;
        Source = new SlotSource(ring, log, folder);
    }

    public int Number { get; }

    public LogFolder Folder { get; }

    public EventRing Ring { get; }

    public EventLog Log { get; }

    public SlotSource Source { get; }

    /// <summary>What the last writer of this slot left, and what became of it.</summary>
    public SlotStart Start { get; }

    /// <summary>Takes the first free slot, brings what a dead writer left in its ring to the log, and begins a new ring.</summary>
    /// <exception cref="IOException">The base directory cannot be used at all.</exception>
    public static WriterSlot Open(SlotSettings settings)
    {
        settings.Files.CreateDirectory(settings.Base.SinkStates);
        var (number, slotLock) = SlotLocks.TakeFree(settings);
        try
        {
            return Open(settings, number, slotLock);
        }
        catch
        {
            slotLock?.Dispose();
            throw;
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
        return new WriterSlot(settings, number, null, folder, ring, log, SlotStart.Clean);
    }

    /// <summary>Whether the slot is still this process's own, looked at now; a lock file that someone deleted is made again unless another process was faster.</summary>
    public bool TryKeepHeld()
    {
        lock (_holding)
        {
            if (_lock is null || _lock.IsHeld)
            {
                return true;
            }

            if (_released || TryLockAgain() is not { } again)
            {
                return false;
            }

            _lock.Dispose();
            _lock = again;
            return true;
        }
    }

    /// <summary>The runs that the last writer left open, found once and kept until they are closed.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>> Abandoned => _abandoned ??= AbandonedRuns.Of(this);

    /// <summary>Gives the slot back. With everything in the log nothing is left behind; otherwise the ring stays for the next writer.</summary>
    /// <param name="mayTouchLog">False while the log's writer may still be at work: everything stays for the next writer.</param>
    public void Release(bool mayTouchLog = true)
    {
        if (_released)
        {
            return;
        }

        _released = true;
        Ring.Close();
        var tail = Ring.Tail;
        var isWhole = mayTouchLog && Log.Written == tail && Log.Synced >= tail.Position;
        if (isWhole)
        {
            isWhole = SaveStateOr(isClean: true);
        }

        if (isWhole)
        {
            DeleteRing();
            _lock?.DeleteAndRelease();
        }
        else
        {
            Ring.MarkClean();
        }

        if (!mayTouchLog)
        {
            // A write that hangs may still come through: the slot stays this process's until it ends.
            lock (HeldToTheEnd)
            {
                HeldToTheEnd.Add(this);
            }
        }
        else if (!isWhole)
        {
            _lock?.Dispose();
        }

        if (mayTouchLog)
        {
            Log.Dispose();
        }
    }

    public void Dispose() => Release();

    /// <summary>Opens a slot whose lock the caller has; the lock is the slot's from then on.</summary>
    public static WriterSlot Open(SlotSettings settings, int number, IFileLock? slotLock)
    {
        var folder = new LogFolder(settings.Files, settings.Base.Path, settings.Log.File, number);
        var recovered = LogRecovery.Recover(folder);
        var stream = recovered.Stream;
        if (stream == StreamId.None && RingFactory.FindLeft(settings.Placement.Directory, settings.Base.Path, number) is { } known)
        {
            // Neither state nor log: a disk that took nothing has left all there is in a ring.
            stream = known;
            recovered = recovered with { Stream = stream, Known = recovered.Known with { Stream = stream } };
        }

        stream = stream == StreamId.None ? NewStream() : stream;
        var ringPath = slotLock is null ? null : settings.Placement.FileOf(stream, number);
        if (!recovered.IsClean || recovered.End.Position > recovered.Known.Position)
        {
            SyncLeft(folder, recovered.Index);
        }

        var left = LeftRing.TryOpen(settings, folder, recovered, ringPath);
        if (left is { IsEmptied: false })
        {
            // The disk refuses: the old ring goes on, with what it holds.
            left.Ring.Adopt();
            return new WriterSlot(settings, number, slotLock, folder, left.Ring, left.Log, WithRuns(left.Start, recovered, left.Log.Written));
        }

        var (begin, start, index, mayContinue) = left is not null
            ? (left.Log.Written, left.Start, left.Log.Index, true)
            : LeftRing.BeginWithout(settings, recovered, stream, folder);
        left?.Discard();
        var slot = Begin(settings, number, slotLock, folder, ringPath, index, begin, WithRuns(start, recovered, begin), mayContinue);
        slot.Log.OpenRuns = () => slot.Abandoned;
        if (!slot.SaveStateOr(isClean: false) && start.InDoubt)
        {
            // Nobody will know of this jump: the next one must not come down on the same place.
            slot.Log.Dispose();
            begin = PositionJump.Further(begin);
            slot = Begin(settings, number, slotLock, folder, ringPath, index, begin, WithRuns(start, recovered, begin), mayContinue);
        }

        return slot;
    }

    private static WriterSlot Begin(
        SlotSettings settings, int number, IFileLock? slotLock, LogFolder folder, string? ringPath, LogIndex index, Cursor begin, SlotStart start, bool mayContinue)
    {
        var memory = RingFactory.Create(ringPath, settings.RingBytes, begin, number, settings.Base.Path);
        var ring = new EventRing(memory, settings.MaxWait);
        var log = new EventLog(folder, settings.Log, settings.Time, ring, index, begin, mayContinue);
        return new WriterSlot(settings, number, slotLock, folder, ring, log, start);
    }

    // The last writer died, and what it wrote may never have reached the device: from here on it counts as if it had.
    private static void SyncLeft(LogFolder folder, LogIndex index)
    {
        foreach (var name in index.Stretches.Where(stretch => !stretch.IsGone).Select(stretch => stretch.File).Distinct())
        {
            try
            {
                using var file = folder.Files.Open(folder.PathOf(name), writable: true);
                file.Sync();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // What the device has of it stays in doubt; nothing holds the bytes any more.
            }
        }
    }

    private static SlotStart WithRuns(SlotStart start, RecoveredLog recovered, Cursor leftTo) => recovered.IsClean
        ? start
        : start with { OpenRuns = recovered.OpenRuns, KnownTo = recovered.Known with { Stream = leftTo.Stream }, LeftTo = leftTo };

    private static StreamId NewStream() => new(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1);

    // A state that cannot be written costs a scan, or a jump of positions, at the next start; never an event.
    private bool SaveStateOr(bool isClean)
    {
        try
        {
            Log.SaveState(isClean);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private IFileLock? TryLockAgain()
    {
        try
        {
            _settings.Files.CreateDirectory(_settings.Base.State);
            return _settings.Files.TryLock(SlotLocks.PathOf(_settings.Base, Number));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void DeleteRing()
    {
        if (Ring.Path is { } path)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Ring.MarkClean();
            }
        }
    }
}
