using System.Diagnostics;
using TelemetryActors.Events;

namespace TelemetryActors.Ring;

/// <summary>Lets producers into a ring one at a time, and only while there is room for what they bring.</summary>
/// <remarks>
/// Who comes in while the ring is full waits for room, and the wait is counted per stall, not per caller: once it is used up, callers are refused
/// at once until there is room again. The same holds for a holder of the lock that does not come back.
/// </remarks>
internal sealed unsafe class RingDoor
{
    /// <summary>Longest that anyone waits for the lock, in milliseconds: its holder needs nanoseconds.</summary>
    public const int StallLimitMilliseconds = 50;

    private const int ShortestLockMilliseconds = 5;
    private static readonly TimeSpan RoomLook = TimeSpan.FromMilliseconds(5);

    // The pointers lead into it.
    private readonly RingMemory _memory;
    private readonly RingHeader* _header;
    private readonly RingProcess* _own;
    private readonly RingLock _lock;
    private readonly long _capacity;
    private readonly TimeSpan _maxWait;
    private readonly int _lockMilliseconds;

    // Producers that wait for room, and the writer that tells them.
    private readonly object _room = new();
    private int _waitingForRoom;

    // Changed under _lock.
    private volatile bool _closed;

    private volatile bool _holderStalled;
    private volatile bool _overwrites;

    /// <param name="memory">Where the ring lives; kept as long as this lives.</param>
    /// <param name="maxWait">Longest that a stall holds callers.</param>
    public RingDoor(RingMemory memory, TimeSpan maxWait)
    {
        _memory = memory;
        _header = (RingHeader*)memory.Start;
        _own = memory.Own;
        _lock = new RingLock(&_own->Lock);
        _capacity = _header->Capacity;
        _maxWait = maxWait;
        _lockMilliseconds = LockMilliseconds(maxWait);
    }

    /// <summary>Whether a full ring lets in what overwrites its oldest bytes instead of holding its producers.</summary>
    public bool Overwrites
    {
        get => _overwrites;
        set
        {
            _overwrites = value;
            SignalRoom();
        }
    }

    /// <summary>Whether nobody is let in.</summary>
    public bool IsClosed => _closed;

    /// <summary>Takes the lock with room for so many bytes, or says why not. It is held on <see cref="DropReason.None"/>, until <see cref="Exit"/>.</summary>
    /// <param name="length">Bytes, at most the ring's capacity.</param>
    /// <param name="mayWait">Whether the caller may wait for room; one that may not is refused after 5 ms where the lock is not to be had.</param>
    public DropReason Enter(int length, bool mayWait)
    {
        var begun = 0L;
        if (!_lock.TryEnter(0))
        {
            begun = Stopwatch.GetTimestamp();
            if (!EnterBusy(mayWait ? _lockMilliseconds : ShortestLockMilliseconds, mayWait))
            {
                return DropReason.RingFull;
            }
        }

        if (_closed)
        {
            Exit();
            return DropReason.Disabled;
        }

        if (HasRoomFor(length))
        {
            if (_own->StallStarted != 0)
            {
                _own->StallStarted = 0;
            }

            return DropReason.None;
        }

        return EnterWhenThereIsRoom(length, mayWait, begun == 0 ? Stopwatch.GetTimestamp() : begun);
    }

    /// <summary>Gives the lock back.</summary>
    public void Exit()
    {
        if (_holderStalled)
        {
            _holderStalled = false;
        }

        _lock.Exit();
    }

    /// <summary>Lets nobody in any more.</summary>
    public void Close() => Set(isClosed: true);

    /// <summary>Lets in again who comes.</summary>
    public void Open() => Set(isClosed: false);

    /// <summary>Tells those who wait that there may be room.</summary>
    public void SignalRoom()
    {
        if (Volatile.Read(ref _waitingForRoom) > 0)
        {
            lock (_room)
            {
                Monitor.PulseAll(_room);
            }
        }
    }

    private void Set(bool isClosed)
    {
        _lock.Enter();
        try
        {
            _closed = isClosed;
        }
        finally
        {
            _lock.Exit();
        }

        SignalRoom();
    }

    private bool HasRoomFor(int length) => _overwrites || _header->Tail + length - _header->Head <= _capacity;

    // Waiting for the lock is part of the stall's wait.
    private DropReason EnterWhenThereIsRoom(int length, bool mayWait, long begun)
    {
        while (true)
        {
            if (_own->StallStarted == 0)
            {
                _own->StallStarted = begun;
            }

            var left = mayWait ? _maxWait - Stopwatch.GetElapsedTime(_own->StallStarted) : TimeSpan.Zero;
            Exit();
            if (left <= TimeSpan.Zero)
            {
                return DropReason.RingFull;
            }

            WaitForSignal(left);
            begun = Stopwatch.GetTimestamp();
            if (!_lock.TryEnter(0) && !EnterBusy(LockMilliseconds(left), mayWait))
            {
                return DropReason.RingFull;
            }

            if (_closed)
            {
                Exit();
                return DropReason.Disabled;
            }

            if (HasRoomFor(length))
            {
                _own->StallStarted = 0;
                return DropReason.None;
            }
        }
    }

    private void WaitForSignal(TimeSpan left)
    {
        Interlocked.Increment(ref _waitingForRoom);
        lock (_room)
        {
            // A signal between the lock's exit and here is lost; the short limit looks again.
            Monitor.Wait(_room, left < RoomLook ? left : RoomLook);
        }

        Interlocked.Decrement(ref _waitingForRoom);
    }

    // A lock that others keep taking is busy, not stalled: only a tail that stands still means a holder that does not come back. Who waited in vain
    // says so, and others are refused at once until the holder returns; who may not wait has not seen enough to say it.
    private bool EnterBusy(int milliseconds, bool mayTell)
    {
        if (_holderStalled)
        {
            return false;
        }

        var tail = Volatile.Read(ref _header->Tail);
        if (_lock.TryEnter(milliseconds))
        {
            return true;
        }

        if (mayTell && Volatile.Read(ref _header->Tail) == tail)
        {
            _holderStalled = true;
        }

        return false;
    }

    // As long as a caller may wait for room, within bounds: a holder that lost its processor is back within some milliseconds.
    private static int LockMilliseconds(TimeSpan wait) => (int)Math.Clamp(wait.TotalMilliseconds, ShortestLockMilliseconds, StallLimitMilliseconds);
}
