namespace TelemetryActors.Ring;

/// <summary>Wakes the readers of a ring that asked for it, once its tail has come far enough.</summary>
/// <remarks>Guarded by the ring's lock. The lowest of all thresholds stands in <see cref="RingProcess"/>, where a producer compares it with what it has just published.</remarks>
internal sealed unsafe class RingAlarms
{
    // The pointers lead into it.
    private readonly RingMemory _memory;
    private readonly RingHeader* _header;
    private readonly RingProcess* _own;
    private readonly RingLock _lock;
    private readonly List<RingWaiter> _waiters = [];

    /// <param name="memory">Where the ring lives; kept as long as this lives.</param>
    public RingAlarms(RingMemory memory)
    {
        _memory = memory;
        _header = (RingHeader*)memory.Start;
        _own = memory.Own;
        _lock = new RingLock(&_own->Lock);
        _own->WakeAtPosition = _own->WakeAtOrdinal = long.MaxValue;
    }

    /// <summary>Whether somebody wants to hear of the tail as it is now. Inside the lock.</summary>
    public bool IsDue(long tail) => tail >= _own->WakeAtPosition || _own->Ordinal >= _own->WakeAtOrdinal;

    /// <summary>Asks for a signal once the tail reaches a position or an ordinal.</summary>
    /// <returns>False when it has been reached already and nothing was asked for.</returns>
    public bool Arm(RingWaiter waiter, long position, long ordinal)
    {
        _lock.Enter();
        try
        {
            if (_header->Tail >= position || _own->Ordinal >= ordinal)
            {
                return false;
            }

            waiter.WakeAtPosition = position;
            waiter.WakeAtOrdinal = ordinal;
            if (!_waiters.Contains(waiter))
            {
                _waiters.Add(waiter);
            }

            Expect(waiter);
            return true;
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Forgets a waiter.</summary>
    public void Disarm(RingWaiter waiter)
    {
        _lock.Enter();
        try
        {
            _waiters.Remove(waiter);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Wakes whoever's threshold is reached, outside the lock. For the producer that found it due.</summary>
    public void Ring()
    {
        // The thresholds stay armed where the lock is not to be had: whoever publishes next tries again.
        if (!_lock.TryEnter(RingDoor.StallLimitMilliseconds))
        {
            return;
        }

        RingWaiter? woken = null;
        List<RingWaiter>? more = null;
        try
        {
            _own->WakeAtPosition = _own->WakeAtOrdinal = long.MaxValue;
            foreach (var waiter in _waiters)
            {
                if (_header->Tail >= waiter.WakeAtPosition || _own->Ordinal >= waiter.WakeAtOrdinal)
                {
                    waiter.WakeAtPosition = waiter.WakeAtOrdinal = long.MaxValue;
                    if (woken is null)
                    {
                        woken = waiter;
                    }
                    else
                    {
                        (more ??= []).Add(waiter);
                    }
                }

                Expect(waiter);
            }
        }
        finally
        {
            _lock.Exit();
        }

        woken?.Wake();
        more?.ForEach(waiter => waiter.Wake());
    }

    private void Expect(RingWaiter waiter)
    {
        _own->WakeAtPosition = Math.Min(_own->WakeAtPosition, waiter.WakeAtPosition);
        _own->WakeAtOrdinal = Math.Min(_own->WakeAtOrdinal, waiter.WakeAtOrdinal);
    }
}
