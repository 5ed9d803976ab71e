using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>The ring that a dead writer left, and how its rest comes to the log.</summary>
internal sealed class LeftRing
{
    private const int CopyBytes = 256 * 1024;

    private LeftRing(EventRing ring, EventLog log, SlotStart start, bool isEmptied)
    {
        Ring = ring;
        Log = log;
        Start = start;
        Writer = ring.Writer;
        IsEmptied = isEmptied;
    }

    public EventRing Ring { get; }

    public EventLog Log { get; }

    public SlotStart Start { get; }

    /// <summary>The instance of the process that left it; null when that is not known.</summary>
    public string? Writer { get; }

    /// <summary>Whether everything is in the log and on the device, so that the ring may go.</summary>
    public bool IsEmptied { get; }

    /// <summary>Whether the log's last file may be gone on with.</summary>
    public bool MayContinue { get; private init; }

    /// <summary>Opens the ring and appends its rest to the log; null when there is none to be trusted.</summary>
    /// <param name="settings">As for opening a slot.</param>
    /// <param name="folder">The slot's files.</param>
    /// <param name="recovered">What they hold.</param>
    /// <param name="ringPath">The ring's file.</param>
    /// <param name="unsynced">Before the first event in a file that could not be brought to the device now; null when all could.</param>
    /// <param name="untracked">Where the slot's untracked events are noted.</param>
    public static LeftRing? TryOpen(SlotSettings settings, LogFolder folder, RecoveredLog recovered, string? ringPath, Cursor? unsynced, UntrackedStretches untracked)
    {
        if (RingFactory.TryOpenLeft(ringPath, recovered.Stream) is not { } memory)
        {
            return null;
        }

        var ring = new EventRing(memory, settings.MaxWait);
        if (IsStale(ring, recovered, folder))
        {
            ring.Unmap();
            return null;
        }

        var (from, index, isResumable) = Resume(ring, recovered, folder);
        var mayContinue = isResumable && recovered.MayContinue;
        if (recovered.HasFailedSync && ring.FailedSync is null)
        {
            // Its writer died before it came to saying so in its ring, or later than its state did: at worst another file begins.
            ring.NoteFailedSync(from);
        }

        var lost = Math.Max(from.Ordinal - recovered.End.Ordinal, 0);
        var hasJumped = HasJumped(ring, recovered);
        var log = new EventLog(folder, settings.Log, settings.Time, ring, index, from, mayContinue);
        if (lost > 0 && (ring.Floor > ring.Head ? new LogGap(DropReason.Overwritten, lost) : hasJumped ? new LogGap(DropReason.InDoubt, lost) : recovered.UntoldGap) is { } gap)
        {
            log.TellGap(gap);
        }

        log.InDoubtBefore = Math.Max(recovered.InDoubt, ring.InDoubt);
        foreach (var doubt in new[] { ring.FailedSync, unsynced })
        {
            if (doubt is { } place)
            {
                log.Distrust(place, recovered.End);
            }
        }

        var isEmptied = TryAppendRest(ring, log, untracked);
        return new LeftRing(ring, log, new SlotStart(ring.Tail.Ordinal - from.Ordinal, lost, hasJumped, Quarantined: 0), isEmptied)
        {
            // Where anything was left to append, it began a file of its own.
            MayContinue = mayContinue || log.Index.Last != index.Last,
        };
    }

    /// <summary>Where a slot without a ring to trust begins: right behind a clean end, far above everything known otherwise.</summary>
    public static (Cursor Begin, SlotStart Start, LogIndex Index, bool MayContinue) BeginWithout(
        SlotSettings settings, RecoveredLog recovered, StreamId stream, LogFolder folder)
    {
        if (recovered.Stream == StreamId.None)
        {
            return (new Cursor(stream, 0, 0), SlotStart.Clean, recovered.Index, true);
        }

        var end = Furthest(recovered) with { Stream = stream };
        var above = PositionJump.Above(end, settings.Files, settings.Base.SinkStates);

        // A sink that is ahead of a clean end was served by a writer that could not write down that it had begun.
        var isClean = recovered.IsClean && recovered.End.Position <= recovered.Known.Position
            && above.Position <= NextStep(end) && above.Ordinal == end.Ordinal;
        var quarantined = Quarantine.TryKeepTorn(folder, recovered) ? recovered.TornBytes : 0;
        var mayContinue = recovered.MayContinue && quarantined == recovered.TornBytes && IsAsFound(folder, recovered);
        if (isClean)
        {
            return (end, SlotStart.Clean with { Quarantined = quarantined }, recovered.Index, mayContinue);
        }

        // Only a machine's end tells that the writer is dead: a ring may have gone by hand, and its writer be held up in the middle of a write to the last file.
        mayContinue &= recovered.Ring is { IsOfThisHost: true, IsOfThisBoot: false };
        return (above, new SlotStart(0, 0, InDoubt: true, quarantined), recovered.Index, mayContinue);
    }

    // Whoever goes on with a file cuts off what it did not find there: a file that has grown since is someone's.
    private static bool IsAsFound(LogFolder folder, RecoveredLog recovered)
    {
        if (recovered.Index.Last is not { IsGone: false } last)
        {
            return true;
        }

        try
        {
            return folder.Files.Identify(folder.PathOf(last.File))?.Length == recovered.TornFrom + recovered.TornBytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether someone who could not see this ring has gone on without it since: its positions are another's by now.</summary>
    public static bool IsStale(EventRing ring, RecoveredLog recovered, LogFolder folder) =>
        recovered.Known.Position > ring.Tail.Position || recovered.End.Position - ring.Tail.Position >= PositionJump.Step / 2
        || (ring.Head == ring.Begin && HasAnotherBegun(ring, recovered, folder));

    // Its writer died before the slot's state said that it had begun, so that another one could begin at the same position: the state is that one's, or its
    // events stand in the files where the ring's would.
    private static bool HasAnotherBegun(EventRing ring, RecoveredLog recovered, LogFolder folder) =>
        (recovered is { IsClean: false, Writer: { } writer } && ring.Writer is { } own && own != writer && recovered.Known.Position >= ring.Begin)
        || FirstEvent.IsAnothers(ring, recovered, folder);

    // Its writer found the ring before it lost, went on far above, and died before the state said so: what that one held is still in doubt.
    private static bool HasJumped(EventRing ring, RecoveredLog recovered) =>
        !ring.HasCleanBegin && (recovered.Ring is not null || recovered.Known.Position > 0) && ring.Begin >= NextStep(Furthest(recovered));

    private static Cursor Furthest(RecoveredLog recovered) => recovered.End with
    {
        Position = Math.Max(recovered.End.Position, recovered.Known.Position),
        Ordinal = Math.Max(recovered.End.Ordinal, recovered.Known.Ordinal),
    };

    /// <summary>Removes the ring, of which nothing may be asked any more. What it stood in has room again once its lock's file is closed as well.</summary>
    public void Discard()
    {
        Log.Dispose();
        if (Ring.Path is { } path)
        {
            File.Delete(path);
        }

        Ring.Unmap();
    }

    // The ring knows best how far its log had come: bytes behind that were repeated or are someone else's, and are written again.
    private static (Cursor From, LogIndex Index, bool MayContinue) Resume(EventRing ring, RecoveredLog recovered, LogFolder folder)
    {
        var index = recovered.Index;
        var end = recovered.End.Position;
        if (end > ring.Head)
        {
            end = ring.Head;
        }

        var isEdited = new LogEnd(end, folder, index.Furthest).IsEdited(ring);
        if (isEdited)
        {
            end = ring.Head;
        }

        if (end < ring.Floor || RingReader.TryLocate(ring, end) is not { } from)
        {
            // The ring cannot complete what a full disk tore.
            return (RingReader.Oldest(ring), index, Quarantine.TryKeepTorn(folder, recovered));
        }

        if (isEdited || index.Last is not { IsGone: false } last || end < last.Start.Position || end > last.EndPosition)
        {
            return (from, index, index.Last is null);
        }

        var upTo = new LogStretch(last.File, last.Offset, last.Start, end - last.Start.Position, from.Ordinal - last.Start.Ordinal, last.Gap, last.Generation);
        return (from, index with { Stretches = index.Stretches.SetItem(index.Stretches.Length - 1, upTo) }, true);
    }

    private static bool TryAppendRest(EventRing ring, EventLog log, UntrackedStretches untracked)
    {
        var buffer = new byte[CopyBytes];
        try
        {
            if (ring.Untracked is { } stretch)
            {
                // Its writer may have died before the disk took the note.
                untracked.Note(stretch);
            }

            log.RewriteWhatFailed();
            while (log.Written.Position < ring.Tail.Position)
            {
                if (RingReader.TryRead(ring, log.Written, int.MaxValue, buffer) is not { Bytes: > 0 } read)
                {
                    return false;
                }

                log.Append(buffer.AsSpan(0, read.Bytes), read.Start, read.End);
                ring.AdvanceHead(read.End.Position);
            }

            log.CutBehind();
            log.Sync();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The ring keeps what the disk refuses now; the log's worker tries again.
            return false;
        }
    }

    private static long NextStep(Cursor end) => ((end.Position / PositionJump.Step) + 1) * PositionJump.Step;
}
