using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>What the last writer of a slot left, as one look found it: its log, and where its ring may be.</summary>
/// <param name="Log">What its files hold.</param>
/// <param name="Stream">The slot's stream; a new one where nothing was found.</param>
/// <param name="Mark">How the files were before they were read.</param>
/// <param name="RingPaths">Where the slot's ring may be, there or not; none where it may have none in a file.</param>
/// <param name="LeftPath">Where the ring that was left is, if there is one.</param>
internal sealed record SlotRemains(RecoveredLog Log, StreamId Stream, ulong Mark, IReadOnlyList<string> RingPaths, string? LeftPath)
{
    /// <summary>Looks.</summary>
    /// <param name="settings">As for opening the slot.</param>
    /// <param name="folder">The slot's files.</param>
    /// <param name="hasLock">Whether the slot is one that only a lock's owner may open.</param>
    /// <exception cref="SlotElsewhereException">Its ring is another machine's or user's, who alone can open it.</exception>
    public static SlotRemains Find(SlotSettings settings, LogFolder folder, bool hasLock)
    {
        var mark = SlotFiles.MarkOf(folder);
        var log = LogRecovery.Recover(folder);
        if (log.Stream == StreamId.None
            && RingFactory.FindLeft(settings.Placement, settings.Base.Path, folder.Slot) is { } known)
        {
            // Neither state nor log: a disk that took nothing has left all there is in a ring.
            log = log with { Stream = known, Known = log.Known with { Stream = known } };
        }

        var stream = log.Stream == StreamId.None ? NewStream() : log.Stream;
        IReadOnlyList<string> ringPaths = hasLock ? [.. settings.Placement.FilesOf(stream, folder.Slot)] : [];

        // Its writer may have died before the state could name the place.
        var leftPath = hasLock && log.Ring is { } named && Reachable(named, settings.Base, folder.Slot, log.IsClean) is { } reached ? reached
            : ringPaths.FirstOrDefault(path => FileStatus.Identify(path) is not null);
        return new SlotRemains(log, stream, mark, ringPaths, leftPath);
    }

    /// <summary>The name of a stream that begins.</summary>
    public static StreamId NewStream() => new(RandomBits.Next() | 1);

    /// <summary>Whether nobody has written to the slot's files since.</summary>
    public bool IsAsFound(LogFolder folder) => SlotFiles.MarkOf(folder) == Mark;

    /// <summary>What a ring that was lost leaves in doubt before the place where the next one begins.</summary>
    public LogGap InDoubtBefore(Cursor begin) => new(
        DropReason.InDoubt, begin.Ordinal - Log.End.Ordinal + (Log.Index.Furthest is null ? Log.UntoldGap?.Gone ?? 0 : 0));

    /// <summary>A start with what says which runs the last writer left open.</summary>
    /// <remarks>
    /// A writer that left a ring did not end in order, whatever the state says: it may not have come to saying that it had begun. Who ended in order has named
    /// the runs that it left; behind that there is nothing.
    /// </remarks>
    public SlotStart WithRuns(SlotStart start, Cursor leftTo, LeftRing? left) => Log.IsClean && left is null
        ? start with { OpenRuns = Log.OpenRuns }
        : start with { OpenRuns = Log.OpenRuns, KnownTo = Log.Known with { Stream = leftTo.Stream }, LeftTo = leftTo, Writers = WritersSince(left) };

    // Who wrote the state, and whose ring it was: one process, unless the last one died before it had written a state.
    private List<string>? WritersSince(LeftRing? left)
    {
        if (left is { Writer: null } || Log is { IsClean: false, Writer: null })
        {
            return null;
        }

        List<string> writers = left?.Writer is { } ofRing ? [ofRing] : [];
        if (!Log.IsClean)
        {
            writers.Add(Log.Writer!);
        }

        return writers;
    }

    // The ring may be in another user's directory, or named by a variable that is not set here. One that is there and cannot be opened is left to who can, unless
    // its writer has said that nothing is left in it.
    private static string? Reachable(RingPlace named, BaseFolder folder, int number, bool isClean)
    {
        if (!named.IsOfThisHost && !isClean && FileStatus.FileSystemOf(folder.Path) == FileSystemKind.Shared)
        {
            throw new SlotElsewhereException($"Writer slot {number} was left by {named.Host}, which alone can see its ring: it is left alone here.");
        }

        if (!named.IsOfThisHost)
        {
            return null;
        }

        try
        {
            if (FileStatus.Identify(named.Path) is null)
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
        catch (Exception exception) when (isClean && exception is (IOException or UnauthorizedAccessException))
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SlotElsewhereException($"Writer slot {number} was left with the ring {named.Path}, which cannot be opened here: it is left to its user. {exception.Message}", exception);
        }
    }
}
