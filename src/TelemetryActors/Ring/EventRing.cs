using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Slots;
using TelemetryActors.Supervision;

namespace TelemetryActors.Ring;

/// <summary>The bounded, crash-safe buffer of encoded lines between the callers and the sinks (S1.18).</summary>
/// <remarks>
/// Many producers, one lock; readers take no lock. Positions only grow; a byte's place is its position modulo the capacity, a power of two. A writer claims
/// before it copies and publishes the tail after, so a reader that was overtaken while copying knows it. What is in the ring outlives the
/// process, because it is mapped; it does not outlive the machine.
/// </remarks>
internal sealed unsafe class EventRing
{
    private readonly RingMemory _memory;
    private readonly RingHeader* _header;
    private readonly RingProcess* _own;
    private readonly byte* _data;
    private readonly long _capacity;
    private readonly long _mask;
    private readonly EventId _ids = new();
    private readonly RingDoor _door;
    private readonly RingAlarms _alarms;

    public EventRing(RingMemory memory, TimeSpan maxWait)
    {
        _memory = memory;
        _header = (RingHeader*)memory.Start;
        _own = memory.Own;
        _data = memory.Start + RingHeader.Bytes;
        _capacity = _header->Capacity;
        _mask = _capacity - 1;
        _own->Lock = 0;
        _own->Sequence = 0;
        _own->Ordinal = Tail.Ordinal;
        _own->StallStarted = 0;
        _door = new RingDoor(memory, maxWait);
        _alarms = new RingAlarms(memory);
    }

    public string? Path => _memory.Path;

    public long Capacity => _capacity;

    public StreamId Stream => _header->Stream;

    /// <summary>The random name of this process start, as it stands in the events' ids.</summary>
    public string Instance => _ids.Instance;

    /// <summary>The instance that tells its process's own events from those that came by the second door; null when they are of several, or it is not known.</summary>
    public string? Writer => new ReadOnlySpan<byte>(_header->Writer, EventId.InstanceWidth) is var name && name.ContainsAnyExcept((byte)0)
        ? System.Text.Encoding.ASCII.GetString(name)
        : null;

    /// <summary>Whether a full ring overwrites its oldest bytes instead of holding its producers: true while the event log is not being written.</summary>
    public bool Overwrites
    {
        get => _door.Overwrites;
        set => _door.Overwrites = value;
    }

    /// <summary>The log's progress: bytes below it may be overwritten.</summary>
    public long Head => Volatile.Read(ref _header->Head);

    /// <summary>The oldest position that a read can still succeed at.</summary>
    public long Floor => Math.Max(Math.Max(_header->Begin, _header->TornTo), Volatile.Read(ref _header->Claim) - _capacity);

    /// <summary>Up to where the log was on its device when an fsync failed that is not made good yet; null when there is none. Outlives the process, as what it needs does.</summary>
    public Cursor? FailedSync => Volatile.Read(ref _header->HasFailedSync) == 1 ? new Cursor(Stream, _header->SyncedTo.Position, _header->SyncedTo.Ordinal) : null;

    /// <summary>An fsync failed: what the log wrote behind a place must be written again. For whoever brings the log to its device.</summary>
    public void NoteFailedSync(Cursor synced)
    {
        _header->SyncedTo = new RingMark { Position = synced.Position, Ordinal = synced.Ordinal };
        Volatile.Write(ref _header->HasFailedSync, 1);
    }

    /// <summary>What an fsync had failed for is on the device now.</summary>
    public void ForgetFailedSync() => Volatile.Write(ref _header->HasFailedSync, 0);

    /// <summary>Events that failed fsyncs have left in doubt, over all writers of the slot: a disk that refuses its state loses none of them with the process.</summary>
    public long InDoubt
    {
        get => Volatile.Read(ref _header->InDoubt);
        set => Volatile.Write(ref _header->InDoubt, value);
    }

    /// <summary>
    /// The events that may have been recorded under <c>DO_NOT_TRACK</c>; null when none were, or all of them are in a log whose files say so. Whoever brings them
    /// to a log notes it there first.
    /// </summary>
    public UntrackedStretch? Untracked
    {
        get => Volatile.Read(ref _header->HasUntracked) == 1
            ? new UntrackedStretch(Stream, _header->UntrackedFrom, _header->UntrackedTo is > 0 and var to ? to : null)
            : null;
        set
        {
            // A kill between two stores leaves a stretch that is too long, never one that is too short.
            Volatile.Write(ref _header->UntrackedTo, 0);
            _header->UntrackedFrom = value?.From ?? _header->UntrackedFrom;
            Volatile.Write(ref _header->HasUntracked, value is null ? 0 : 1);
            Volatile.Write(ref _header->UntrackedTo, value?.To ?? 0);
        }
    }

    /// <summary>Where this ring began, which is where an event begins.</summary>
    public long Begin => _header->Begin;

    /// <summary>Whether a position is where this ring began.</summary>
    public bool BeginsAt(long position) => Begin == position;

    /// <summary>Behind the newest event. Position and ordinal belong together.</summary>
    public Cursor Tail
    {
        get
        {
            // The mark that belongs to the tail is written over only after the tail has moved on.
            while (true)
            {
                var tail = Volatile.Read(ref _header->Tail);
                var even = ReadMark(ref _header->EvenMark);
                var odd = ReadMark(ref _header->OddMark);
                Volatile.ReadBarrier();
                if (Volatile.Read(ref _header->Tail) == tail)
                {
                    return new Cursor(Stream, tail, even.Position == tail ? even.Ordinal : odd.Ordinal);
                }
            }
        }
    }

    /// <summary>Lets the ring's memory go. For whoever has opened it and shown it to nobody: nothing of it may be asked any more.</summary>
    public void Unmap() => _memory.Unmap();

    /// <summary>Appends one line, waiting for room at most once a stall.</summary>
    public DropReason Append(Span<byte> line, EventScope scope) => Append(line, scope, mayWait: true);

    /// <summary>Appends one line of the pipeline's own, or drops it: at once when there is no room, after 5 ms when the lock is not to be had.</summary>
    public DropReason AppendWithoutWaiting(Span<byte> line, EventScope scope) => Append(line, scope, mayWait: false);

    /// <summary>Appends whole lines that have their ids already.</summary>
    /// <param name="lines">UTF-8, each with its line feed; together no larger than an eighth of the ring.</param>
    /// <param name="count">How many lines.</param>
    /// <param name="mayWait">Whether the caller may wait for room.</param>
    public DropReason AppendEncoded(ReadOnlySpan<byte> lines, int count, bool mayWait)
    {
        var reason = _door.Enter(lines.Length, mayWait);
        if (reason != DropReason.None)
        {
            return reason;
        }

        bool wake;
        try
        {
            wake = Publish(lines, count);
        }
        finally
        {
            _door.Exit();
        }

        if (wake)
        {
            _alarms.Ring();
        }

        return DropReason.None;
    }

    /// <summary>Copies bytes from a position on, as far as the buffer and the tail go.</summary>
    /// <returns>Bytes copied; -1 when the position is not in the ring any more.</returns>
    public int Read(long position, Span<byte> buffer)
    {
        var tail = Volatile.Read(ref _header->Tail);
        if (position < Floor)
        {
            return -1;
        }

        var length = (int)Math.Min(buffer.Length, tail - position);
        if (length <= 0)
        {
            return 0;
        }

        CopyOut(position, buffer[..length]);
        Volatile.ReadBarrier();
        return position < Floor ? -1 : length;
    }

    /// <summary>Copies the newest bytes once, however much of them is written over meanwhile.</summary>
    /// <param name="buffer">Takes them; as large as the ring.</param>
    /// <returns>The position of the buffer's first byte, the oldest position at which the copy can be believed, and the tail that it goes up to.</returns>
    public (long Start, long Floor, Cursor Tail) CopyNewest(Span<byte> buffer)
    {
        var tail = Tail;
        var start = Math.Clamp(Floor, tail.Position - buffer.Length, tail.Position);
        CopyOut(start, buffer[..(int)(tail.Position - start)]);
        Volatile.ReadBarrier();
        return (start, Math.Clamp(Floor, start, tail.Position), tail);
    }

    /// <summary>The log has everything below a position: producers may overwrite it.</summary>
    public void AdvanceHead(long position)
    {
        if (position > _header->Head)
        {
            Volatile.Write(ref _header->Head, position);
            _door.SignalRoom();
        }
    }

    /// <summary>Asks for a signal once the tail reaches a position or an ordinal.</summary>
    /// <returns>False when it has been reached already and nothing was asked for.</returns>
    public bool Arm(RingWaiter waiter, long position, long ordinal) => _alarms.Arm(waiter, position, ordinal);

    /// <summary>Forgets a waiter.</summary>
    public void Disarm(RingWaiter waiter) => _alarms.Disarm(waiter);

    /// <summary>Refuses all further events; what is in the ring stays readable.</summary>
    public void Close() => _door.Close();

    /// <summary>Takes events again after <see cref="Close"/>.</summary>
    public void Open() => _door.Open();

    /// <summary>Whether all further events are refused.</summary>
    public bool IsClosed => _door.IsClosed;

    /// <summary>All that this process records goes to this new ring, and nothing that another did. Before the first event.</summary>
    public void NoteWriter() => System.Text.Encoding.ASCII.GetBytes(Instance, new Span<byte>(_header->Writer, EventId.InstanceWidth));

    /// <summary>Nothing is in doubt before this new ring, although it begins far above the log's end. Before the first event.</summary>
    public void NoteCleanBegin() => _header->HasCleanBegin = 1;

    /// <summary>Whether nothing is in doubt before the ring's begin, however far above the log's end that is.</summary>
    public bool HasCleanBegin => _header->HasCleanBegin == 1;

    /// <summary>From here on own events have more than one instance in their ids.</summary>
    public void ForgetWriter() => new Span<byte>(_header->Writer, EventId.InstanceWidth).Clear();

    /// <summary>Goes on with a ring that an earlier process left.</summary>
    public void Adopt()
    {
        ForgetWriter();

        // In this order: a kill in between leaves a ring that is trusted for one reason or the other.
        _header->BootId = RingFactory.BootId;
        Volatile.Write(ref _header->ClosedClean, 0);
        _memory.TryFlush();
    }

    /// <summary>Makes the ring's memory present, beside its producers; the earlier, the fewer of them meet a page that is not.</summary>
    public void Touch() => _memory.Touch();

    /// <summary>Tells other processes how the event log's circuit stands.</summary>
    public void Tell(CircuitRecord circuit) => _header->Circuit.Write(circuit);

    /// <summary>Marks the ring as closed in order, so that the next start trusts it even after a reboot.</summary>
    /// <remarks>The mark reaches the device after what it speaks of; where that does not come there, it is not set.</remarks>
    public void MarkClean()
    {
        if (_memory.TryFlush())
        {
            _header->ClosedClean = 1;
            _memory.TryFlush();
        }
    }

    private DropReason Append(Span<byte> line, EventScope scope, bool mayWait)
    {
        var reason = _door.Enter(line.Length, mayWait);
        if (reason != DropReason.None)
        {
            return reason;
        }

        bool wake;
        try
        {
            if (!Number(line, scope))
            {
                return DropReason.Invalid;
            }

            wake = Publish(line, 1);
        }
        finally
        {
            _door.Exit();
        }

        if (wake)
        {
            _alarms.Ring();
        }

        return DropReason.None;
    }

    private bool Number(Span<byte> line, EventScope scope)
    {
        if (scope.RunSequence is { } sequence)
        {
            if (!sequence.TryIncrement())
            {
                return false;
            }

            sequence.Digits.CopyTo(line[^EventScope.RunSequenceFromEnd..]);
        }

        if (_own->Sequence == EventId.MaxSequence)
        {
            return false;
        }

        _ids.Write(line[^EventScope.IdFromEnd..], ++_own->Sequence);
        return true;
    }

    // Claim, copy, publish: the order is what readers and the next start rely on.
    private bool Publish(ReadOnlySpan<byte> lines, int count)
    {
        var tail = _header->Tail;
        var end = tail + lines.Length;
        Volatile.Write(ref _header->Claim, end);
        Volatile.WriteBarrier();
        CopyIn(tail, lines);
        _own->Ordinal += count;
        ref var mark = ref _header->EvenMark;
        if (mark.Position == tail)
        {
            mark = ref _header->OddMark;
        }

        mark.Ordinal = _own->Ordinal;
        Volatile.Write(ref mark.Position, end);
        Volatile.Write(ref _header->Tail, end);
        return _alarms.IsDue(end);
    }

    private void CopyIn(long position, ReadOnlySpan<byte> lines)
    {
        var offset = position & _mask;
        var first = (int)Math.Min(lines.Length, _capacity - offset);
        lines[..first].CopyTo(new Span<byte>(_data + offset, first));
        if (first < lines.Length)
        {
            lines[first..].CopyTo(new Span<byte>(_data, lines.Length - first));
        }
    }

    private void CopyOut(long position, Span<byte> target)
    {
        var offset = position & _mask;
        var first = (int)Math.Min(target.Length, _capacity - offset);
        new ReadOnlySpan<byte>(_data + offset, first).CopyTo(target);
        if (first < target.Length)
        {
            new ReadOnlySpan<byte>(_data, target.Length - first).CopyTo(target[first..]);
        }
    }

    private static RingMark ReadMark(ref RingMark mark) =>
        new() { Position = Volatile.Read(ref mark.Position), Ordinal = Volatile.Read(ref mark.Ordinal) };
}
