namespace TelemetryActors.TestKit;

/// <summary>A timer of a <see cref="ManualTime"/>.</summary>
internal sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
{
    public long DueAt { get; set; }

    public TimeSpan Period { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        time.Schedule(this, dueTime, period);
        return true;
    }

    public void Fire() => callback(state);

    public void Dispose() => time.Schedule(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
