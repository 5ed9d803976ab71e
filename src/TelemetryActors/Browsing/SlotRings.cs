using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Looks at the rings of a base directory's writer slots, of living writers and dead ones. No slot is taken, and no file changed.</summary>
/// <param name="files">The base directory's files.</param>
/// <param name="folder">The base directory.</param>
/// <param name="placement">Where rings may be.</param>
/// <param name="logFile">The log's file when it has a name of its own.</param>
internal sealed class SlotRings(IFileSystem files, BaseFolder folder, RingPlacement placement, string? logFile)
{
    private const int MostLooks = 4;

    /// <summary>The rings of all slots that have one, or that lost one.</summary>
    public IReadOnlyList<SlotRing> All(IReadOnlyList<SlotLog> logs) =>
    [
        .. logs.Select(log => log.Slot).Union(SlotLocks.Existing(folder, files)).Union(Placed()).Order()
            .Select(slot => Find(logs.FirstOrDefault(log => log.Slot == slot) ?? Read(slot)))
            .OfType<SlotRing>(),
    ];

    /// <summary>The logs with what their rings hold behind them, of living writers and dead ones.</summary>
    public IReadOnlyList<SlotLog> Joined(IReadOnlyList<SlotLog> logs, IReadOnlyList<SlotRing> rings)
    {
        var found = rings.Where(ring => ring.Rest is not null).ToList();
        var unknown = found.Where(ring => logs.All(log => log.Slot != ring.Slot)).Select(ring => Begun(ring.Slot, ring.LogEnd.Stream));
        return [.. logs.Concat(unknown).OrderBy(log => log.Slot).Select(log => found.Find(ring => ring.Slot == log.Slot) is { } ring ? (ring.Log ?? log) with { Ring = ring } : log)];
    }

    // A writer that ended in order meanwhile, or began, has changed what was read before: lost is only what is found so twice.
    private SlotRing? Find(SlotLog log)
    {
        var found = LookAt(log);
        for (var looks = 1; found is { Condition: RingCondition.Lost } && looks < MostLooks; looks++)
        {
            var again = LookAt(Read(log.Slot));
            if (again == found)
            {
                break;
            }

            found = again;
        }

        return found;
    }

    private SlotRing? LookAt(SlotLog log)
    {
        var named = log.Files is { IsClean: false, Ring: { } place } ? place : null;
        var stream = log.Files.Stream != StreamId.None ? log.Files.Stream : RingFactory.FindLeft(placement, folder.Path, log.Slot) ?? StreamId.None;
        try
        {
            var path = new[] { named is { IsOfThisHost: true } ? named.Path : null }.Concat(placement.FilesOf(stream, log.Slot))
                .FirstOrDefault(path => path is not null && FileStatus.Identify(path) is { } file && !IsStranded(path, file, stream, log));
            return path is null ? WithoutFile(log, named) : WithFile(log, named, path, stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new SlotRing(log.Slot, named?.Path ?? placement.FilesOf(stream, log.Slot).FirstOrDefault(), RingCondition.OutOfReach, log.End) { Why = exception.Message };
        }
    }

    // One that the slot has gone on without is no longer the slot's.
    private static bool IsStranded(string path, FileIdentity file, StreamId stream, SlotLog log) =>
        LockHolder.Find(file) is null && RingFactory.TryView(path, stream, isOwned: false) is { } memory && LeftRing.IsStale(new EventRing(memory, TimeSpan.Zero), log.Files, log.Folder);

    private SlotRing? WithoutFile(SlotLog log, RingPlace? named)
    {
        if (SlotOwner.Of(log.Slot, folder, files).IsLiving)
        {
            return new SlotRing(log.Slot, named?.Path, RingCondition.InMemory, log.End) { Why = named is null ? null : "its file is not there" };
        }

        if (log.State is null or { IsClean: true } || SlotLocks.IsPrivate(log.Slot))
        {
            return null;
        }

        return named is { IsOfThisHost: false }
            ? new SlotRing(log.Slot, named.Path, RingCondition.OutOfReach, log.End) { Why = $"it was on {named.Host}" }
            : Lost(log, named?.Path, named, named is null ? "it was in plain memory" : named.IsOfThisBoot ? "its file is not there any more" : "its file went with an earlier boot of the machine");
    }

    private SlotRing? WithFile(SlotLog log, RingPlace? named, string path, StreamId stream)
    {
        var isLiving = (FileStatus.Identify(path) is { } file && LockHolder.Find(file) is not null) || SlotOwner.Of(log.Slot, folder, files).IsLiving;
        var ring = RingFactory.TryView(path, stream, isLiving) is { } memory ? new EventRing(memory, TimeSpan.Zero) : null;
        if (isLiving)
        {
            return ring is null ? new SlotRing(log.Slot, path, RingCondition.InUse, log.End) : OfLiving(log.Slot, path, ring);
        }

        if (ring is not null)
        {
            var end = log.End with { Stream = stream };
            return new SlotRing(log.Slot, path, RingCondition.Left, end) { Rest = RingRest.Of(ring, end, log.Folder, log.Files.Index.Furthest) };
        }

        return log.Files.IsClean ? null
            : named is not null && (named.Path != path || !named.IsOfThisHost) ? WithoutFile(log, named)
            : Lost(log, path, named, "its file is of an earlier boot of the machine, or damaged");
    }

    private SlotRing OfLiving(int slot, string path, EventRing ring)
    {
        var copy = new RingCopy(ring);
        var log = Begun(slot, ring.Stream);
        return new SlotRing(slot, path, RingCondition.InUse, log.End) { Rest = copy.Behind(log.End, log.Folder, log.Files.Index.Furthest), Log = log };
    }

    private SlotRing Lost(SlotLog log, string? path, RingPlace? named, string why)
    {
        var end = log.End with { Ordinal = log.LastOrdinal };
        return new SlotRing(log.Slot, path, RingCondition.Lost, end)
        {
            Why = why,
            CountedBySinks = PositionJump.Highest(end, files, folder.SinkStates).Ordinal - end.Ordinal,
            MostBytes = named?.Bytes,
        };
    }

    // A ring whose slot has neither lock nor state: a disk that took nothing has left all there is in it.
    private IEnumerable<int> Placed() => placement.Files("*.ring").Where(IsOfThisBase).Select(SlotOf).Where(slot => slot > 0);

    private bool IsOfThisBase(string path)
    {
        try
        {
            return RingFactory.BaseDirectoryOf(path) == folder.Path;
        }
        catch (IOException)
        {
            // Another user's.
            return false;
        }
    }

    private static int SlotOf(string path) =>
        int.TryParse(Path.GetFileNameWithoutExtension(path).Split('-')[^1], System.Globalization.NumberStyles.None, null, out var slot) ? slot : 0;

    private SlotLog Read(int slot) => SlotLog.Read(new LogFolder(files, folder.Path, logFile, slot));

    // Where neither files nor state say which stream it is, the ring does.
    private SlotLog Begun(int slot, StreamId stream)
    {
        var log = Read(slot);
        return log.Files.Stream != StreamId.None ? log : log with { Files = log.Files with { Stream = stream, Known = new Cursor(stream, 0, 0) } };
    }
}
