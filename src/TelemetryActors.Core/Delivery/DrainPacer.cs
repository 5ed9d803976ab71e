namespace TelemetryActors.Delivery;

/// <summary>Spaces the batches of the backlog that a circuit leaves when it closes.</summary>
internal sealed class DrainPacer(TimeSpan pace)
{
    private long _left;
    private long _backlog;

    /// <summary>Whether a backlog is being drained.</summary>
    public bool IsDraining => _left > 0;

    /// <summary>A circuit has closed over this many waiting events.</summary>
    public void Begin(long backlog) => _left = _backlog = backlog;

    /// <summary>The wait before the next batch. None once the backlog is gone, and none while it grows in spite of draining: new events would never get their turn.</summary>
    public TimeSpan After(int events, long pending)
    {
        _left -= events;
        return IsDraining && pending <= _backlog ? pace : TimeSpan.Zero;
    }
}
