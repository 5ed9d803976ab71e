namespace TelemetryActors.TestKit;

/// <summary>A clock that only the test moves. Timers fire in order, on the thread that moves it.</summary>
public sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start;
    private long _elapsed;

    /// <summary>A clock that shows noon of 1 March 2026.</summary>
    public ManualTime()
        : this(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    /// <inheritdoc />
    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _elapsed;
        }
    }

    /// <summary>How many timers wait to fire.</summary>
    public int Timers
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    /// <summary>Moves the clock forward, stopping at every timer on the way.</summary>
    public void Advance(TimeSpan by) => AdvanceTo(GetUtcNow() + by);

    /// <summary>Moves the clock forward to an instant, stopping at every timer on the way.</summary>
    public void AdvanceTo(DateTimeOffset instant)
    {
        while (Next(instant) is { } due)
        {
            due.Fire();
        }
    }

    /// <summary>Sets the wall clock as an administrator would; time that has elapsed and timers do not change.</summary>
    public void JumpTo(DateTimeOffset instant)
    {
        lock (_gate)
        {
            _now = instant;
        }
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal void Schedule(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.DueAt = _elapsed + dueTime.Ticks;
                timer.Period = period;
                _timers.Add(timer);
            }
        }
    }

    private ManualTimer? Next(DateTimeOffset instant)
    {
        lock (_gate)
        {
            var end = _elapsed + Math.Max(0, (instant - _now).Ticks);
            var due = _timers.Where(timer => timer.DueAt <= end).MinBy(timer => timer.DueAt);
            Move((due is null ? end : Math.Max(due.DueAt, _elapsed)) - _elapsed);
            if (due is not null)
            {
                _timers.Remove(due);
                if (due.Period > TimeSpan.Zero)
                {
                    due.DueAt += due.Period.Ticks;
                    _timers.Add(due);
                }
            }

            return due;
        }
    }

    private void Move(long ticks)
    {
        _elapsed += ticks;
        _now += TimeSpan.FromTicks(ticks);
    }
}
