namespace TelemetryActors.Engine;

/// <summary>What a pipeline thread sleeps on: another thread's call, or an instant.</summary>
/// <remarks>
/// With the system's clock the thread waits by itself, so that a starved thread pool delays nothing. Any other clock's timers wake it, so that
/// whoever moves the clock moves the thread.
/// </remarks>
internal sealed class WakeUp : IDisposable
{
    private readonly ManualResetEventSlim _signal = new(initialState: false, spinCount: 20);
    private readonly TimeProvider _time;
    private readonly ITimer? _timer;

    public WakeUp(TimeProvider time)
    {
        _time = time;
        _timer = time == TimeProvider.System
            ? null
            : time.CreateTimer(_ => Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends the wait that is under way, or the next one.</summary>
    public void Set() => _signal.Set();

    /// <summary>Waits for <see cref="Set"/> or until an instant; for ever when there is none.</summary>
    public void WaitUntil(DateTimeOffset? due)
    {
        if (_timer is null)
        {
            var wait = due is null ? Timeout.InfiniteTimeSpan : due.Value - _time.GetUtcNow();
            if (due is null || wait > TimeSpan.Zero)
            {
                _signal.Wait(Shorter(wait));
            }
        }
        else if (due is null || Arm(due.Value))
        {
            _signal.Wait();
        }

        _signal.Reset();
    }

    // The signal itself is left to the collector: a producer may still be about to set it.
    public void Dispose() => _timer?.Dispose();

    // A clock that moves between the look at it and the timer would let the timer fire late.
    private bool Arm(DateTimeOffset due)
    {
        while (true)
        {
            var now = _time.GetUtcNow();
            if (due <= now)
            {
                return false;
            }

            _timer!.Change(Shorter(due - now), Timeout.InfiniteTimeSpan);
            if (_time.GetUtcNow() == now)
            {
                return true;
            }
        }
    }

    private static TimeSpan Shorter(TimeSpan wait) => wait < TimeSpan.FromDays(20) ? wait : TimeSpan.FromDays(20);
}
