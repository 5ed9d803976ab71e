using TelemetryActors.Log;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>What one writing process owns in a base directory: a ring and its part of the event log, behind one lock.</summary>
internal sealed class WriterSlot : IDisposable
{
    private const int CopyBytes = 128 * 1024;

    private static readonly List<WriterSlot> HeldToTheEnd = [];

    private readonly SlotHold _hold;
    private readonly UntrackedStretches _untracked;
    private readonly Lock _saving = new();
    private bool _released;
    private bool _isSettled;
    private TrackingNote? _tracking;

    public WriterSlot(SlotHold hold, LogFolder folder, EventRing ring, EventLog log, SlotStart start, UntrackedStretches untracked)
    {
        _hold = hold;
        _untracked = untracked;
        Folder = folder;
        Ring = ring;
        Log = log;
        Start = start;
        Source = new SlotSource(ring, log, folder);
        LeftRuns = new LeftRuns(start, Source);
        log.TellDoubt = Flushes.Doubt;
    }

    public int Number => Folder.Slot;

    /// <summary>Whether a lock makes it this process's own; without one its number was drawn at random.</summary>
    public bool HasLock => _hold.HasLock;

    public LogFolder Folder { get; }

    public EventRing Ring { get; }

    public EventLog Log { get; }

    public SlotSource Source { get; }

    /// <summary>Who waits until this slot's events are on the device.</summary>
    public FlushQueue Flushes { get; } = new();

    /// <summary>What the last writer of this slot left, and what became of it.</summary>
    public SlotStart Start { get; }

    /// <summary>The runs that the last writer left open and nobody has ended yet.</summary>
    public LeftRuns LeftRuns { get; }

    /// <summary>Whether all that is recorded here stands elsewhere, too, and comes again from there: what does not come to the log is no loss then, and its positions were seen by nobody.</summary>
    public bool HoldsCopies { get; set; }

    /// <summary>Takes the first free slot, brings what a dead writer left in its ring to the log, and begins a new ring.</summary>
    /// <param name="settings">Where and how large.</param>
    /// <param name="notesBegin">Whether the slot's state says at once that a writer has begun; false: the caller sees to it (<see cref="TrySaveState"/>) before anything leaves the ring.</param>
    /// <exception cref="IOException">The base directory cannot be used at all.</exception>
    public static WriterSlot Open(SlotSettings settings, bool notesBegin = true)
    {
        settings.Files.CreateDirectory(settings.Base.SinkStates);
        for (var from = 1; ;)
        {
            var (number, slotLock) = SlotLocks.TakeFree(settings, from);
            try
            {
                if (SlotOpening.TryOpen(settings, number, slotLock, notesBegin) is { } slot)
                {
                    slot.BeginTracking(settings);
                    slot.TryNoteTracking();
                    return slot;
                }
            }
            catch (SlotElsewhereException)
            {
                // Told by the take-over, which comes to it each minute; this process takes another.
            }
            catch
            {
                slotLock?.Dispose();
                throw;
            }

            slotLock?.Dispose();
            from = number + 1;
        }
    }

    /// <summary>Whether the slot is still this process's own, looked at now; a lock file that someone deleted is made again.</summary>
    public bool TryKeepHeld() => _hold.TryKeep();

    /// <summary>From here on events are tracked, or are not: the ring says so at once, the slot's files before the log takes the first (<see cref="NoteTracking"/>). Touches no disk.</summary>
    public void BeginTracking(SlotSettings settings) => _tracking = new TrackingNote(_untracked, settings.IsUntracked, Ring);

    /// <summary>Writes down whether events are tracked, where that does not stand there yet. For whoever appends to the log, before the first event.</summary>
    /// <exception cref="IOException">The disk does not take it: nothing may come to the log.</exception>
    public void NoteTracking() => _tracking?.Write(Log.Synced);

    /// <summary>A slot's untracked stretches as they will stand once its own note is written.</summary>
    /// <param name="read">Reads what is noted now.</param>
    public IReadOnlyList<UntrackedStretch> WithOwnNote(Func<IReadOnlyList<UntrackedStretch>> read) => _tracking?.AddTo(read) ?? read();

    /// <summary>Says of what is copied into the ring next whether it was recorded untracked: as for <see cref="BeginTracking"/>. For the log's thread, while nobody records here.</summary>
    public void TurnTracking(bool isUntracked) => _tracking?.Turn(isUntracked);

    /// <summary>What this process knows to be untracked in the ring, whether it is written down yet or not.</summary>
    public IReadOnlyList<UntrackedStretch> OwnUntracked => _tracking?.All ?? [];

    /// <summary>Brings what the ring holds now to the log and the device. For the log's thread, or whoever comes after it.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void BringRest()
    {
        Log.RewriteWhatFailed();
        WriteRest(new byte[CopyBytes]);
        Log.Sync();
        Flushes.Complete(Log.Synced);
    }

    /// <summary>Brings to the log what the ring holds beyond it now, as the log's worker does, which must not be at work.</summary>
    /// <exception cref="IOException">The disk does not take it, or the ring does not hold it.</exception>
    public void WriteRest(Span<byte> buffer)
    {
        // What is untracked is noted first.
        NoteTracking();
        var to = Ring.Tail.Position;
        for (var from = Log.Written; from.Position < to;)
        {
            if (RingReader.TryRead(Ring, from, int.MaxValue, buffer) is not { } read)
            {
                // The log counts what was overwritten meanwhile with what it appends behind it.
                from = RingReader.Oldest(Ring);
                continue;
            }

            if (read.Bytes == 0)
            {
                throw new IOException($"Writer slot {Number} does not hold what it took.");
            }

            Log.Append(buffer[..read.Bytes], read.Start, read.End);
            Ring.AdvanceHead(read.End.Position);
            from = read.End;
        }
    }

    /// <summary>Gives the slot back. With everything in the log nothing is left behind; otherwise the ring stays for the next writer.</summary>
    /// <remarks>While runs of the last writer are still to be ended, the lock's file stays, so that the next take-over ends them.</remarks>
    /// <param name="mayTouchLog">False while the log's writer may still be at work: everything stays for the next writer.</param>
    public void Release(bool mayTouchLog = true)
    {
        if (_released)
        {
            return;
        }

        Ring.Close();
        if (!_hold.TryKeep())
        {
            Forget();
            return;
        }

        _released = true;
        if (mayTouchLog)
        {
            Retain();
        }

        var isWhole = mayTouchLog && TrySettle() && TrySaveState(isClean: true);
        if (isWhole)
        {
            DeleteRing();
            if (!LeftRuns.MayBeAny)
            {
                _hold.GiveBack();
            }
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

            return;
        }

        _hold.Dispose();
        Log.Dispose();
    }

    /// <summary>Lets go of a slot that another process has by now, and of a dead one's: nothing of it is touched any more.</summary>
    public void Forget()
    {
        _released = true;
        Log.Dispose();
        _hold.Dispose();
    }

    public void Dispose() => Release();

    /// <summary>Writes down what is known of the log.</summary>
    /// <returns>False when the disk refuses, or the slot is another's: that costs a scan, or a jump of positions, at the next start; never an event.</returns>
    public bool TrySaveState(bool isClean)
    {
        try
        {
            if (!_hold.TryKeep())
            {
                return false;
            }

            lock (_saving)
            {
                if (_isSettled)
                {
                    return false;
                }

                Log.SaveState(isClean);
                _isSettled = _released && isClean;
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Counts as lost what goes with this process; false when the next writer is to look for something in the ring.
    private bool TrySettle()
    {
        var isInLog = Log.Written == Ring.Tail;
        if (Log.Synced < Log.Written.Position || (!isInLog && Ring.Path is not null))
        {
            return false;
        }

        if (!isInLog && !HoldsCopies)
        {
            Log.NoteLost(Ring.Tail);
        }

        return true;
    }

    private void TryNoteTracking()
    {
        try
        {
            NoteTracking();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The log's worker tries again and says so; before that nothing comes to the log.
        }
    }

    // Programs that live for seconds never come to look after their log in between.
    private void Retain()
    {
        try
        {
            Log.Retain(() => TrySaveState(isClean: false), byAge: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The files stay; whoever has the slot next tries again.
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
