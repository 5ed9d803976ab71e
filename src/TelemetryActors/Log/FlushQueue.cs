namespace TelemetryActors.Log;

/// <summary>Those who wait until a position is on the device. All whom one fsync satisfies share it.</summary>
/// <remarks>Thread-safe. Continuations never run on the thread that completes them.</remarks>
internal sealed class FlushQueue
{
    private readonly Lock _lock = new();
    private readonly List<(long Position, TaskCompletionSource<FlushResult> Waiter)> _waiters = [];
    private volatile int _count;
    private long _nearest = long.MaxValue;
    private string? _unavailable;
    private (FlushQueue Queue, long Position)? _forward;
    private long _doubted;

    public bool HasWaiters => _count > 0;

    /// <summary>Whether an fsync of all below a position would serve anybody.</summary>
    public bool AreServedBy(long position) => Volatile.Read(ref _nearest) <= position;

    /// <summary>Waits for a position; at once when the log cannot be written now.</summary>
    public Task<FlushResult> WaitFor(long position)
    {
        var waiter = new TaskCompletionSource<FlushResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(position, waiter);
        return waiter.Task;
    }

    /// <summary>What these wait for is in another stream now: who waits here, and who still comes, waits for a position there.</summary>
    public void ForwardTo(FlushQueue queue, long position)
    {
        lock (_lock)
        {
            _forward = (queue, position);
            queue.Doubt(TakeDoubted());
            foreach (var (_, waiter) in _waiters)
            {
                queue.Add(position, waiter);
            }

            _waiters.Clear();
            Count();
        }
    }

    /// <summary>How it is told that events are in doubt.</summary>
    public static string CauseOfDoubt(long events) => $"{events} events are in doubt: an fsync failed, and the ring did not hold them any more";

    /// <summary>Events are in doubt for good: who waits is told, and where nobody does, whoever flushes next.</summary>
    public void Doubt(long events)
    {
        lock (_lock)
        {
            if (_forward is { } forward)
            {
                forward.Queue.Doubt(events);
                return;
            }

            _doubted += events;
            if (_doubted > 0 && _waiters.Count > 0)
            {
                Fail(CauseOfDoubt(TakeDoubted()));
            }
        }
    }

    /// <summary>The answer to a flush that finds everything synced: durable, unless events came to be in doubt and nobody was told.</summary>
    public FlushResult TakeVerdict()
    {
        lock (_lock)
        {
            return _forward is { } forward ? forward.Queue.TakeVerdict()
                : TakeDoubted() is > 0 and var events ? FlushResult.NotDurable(CauseOfDoubt(events))
                : FlushResult.Durable;
        }
    }

    public void Complete(long synced)
    {
        if (_count == 0)
        {
            return;
        }

        lock (_lock)
        {
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                if (_waiters[i].Position <= synced)
                {
                    _waiters[i].Waiter.SetResult(FlushResult.Durable);
                    _waiters[i] = _waiters[^1];
                    _waiters.RemoveAt(_waiters.Count - 1);
                }
            }

            Count();
        }
    }

    /// <summary>The log cannot be written, or can again: who waits is told, and who comes is told at once.</summary>
    public void SetUnavailable(string? reason)
    {
        lock (_lock)
        {
            _unavailable = reason;
            if (reason is not null)
            {
                Fail(reason);
            }
        }
    }

    /// <summary>Tells those who wait now that it did not succeed.</summary>
    public void Fail(string reason)
    {
        lock (_lock)
        {
            foreach (var (_, waiter) in _waiters)
            {
                waiter.SetResult(FlushResult.NotDurable(reason));
            }

            _waiters.Clear();
            Count();
        }
    }

    private void Add(long position, TaskCompletionSource<FlushResult> waiter)
    {
        lock (_lock)
        {
            if (_forward is { } forward)
            {
                forward.Queue.Add(forward.Position, waiter);
            }
            else if (_unavailable is not null)
            {
                waiter.SetResult(FlushResult.NotDurable(_unavailable));
            }
            else if (TakeDoubted() is > 0 and var events)
            {
                waiter.SetResult(FlushResult.NotDurable(CauseOfDoubt(events)));
            }
            else
            {
                _waiters.Add((position, waiter));
                Count();
            }
        }
    }

    private void Count()
    {
        _count = _waiters.Count;
        var nearest = long.MaxValue;
        foreach (var (position, _) in _waiters)
        {
            nearest = Math.Min(nearest, position);
        }

        Volatile.Write(ref _nearest, nearest);
    }

    private long TakeDoubted()
    {
        var events = _doubted;
        _doubted = 0;
        return events;
    }
}
