namespace TelemetryActors.Ring;

/// <summary>A reader that sleeps until the ring's tail reaches a position or an ordinal.</summary>
/// <remarks>The two thresholds belong to the ring's lock. Setting the signal is free of locks and may come from any thread.</remarks>
internal sealed class RingWaiter : IDisposable
{
    private readonly AutoResetEvent _signal = new(initialState: false);

    internal long WakeAtPosition { get; set; } = long.MaxValue;

    internal long WakeAtOrdinal { get; set; } = long.MaxValue;

    public void Signal() => _signal.Set();

    /// <summary>Sleeps until signalled or until the time is over; the caller looks again in either case.</summary>
    public void Wait(TimeSpan limit) => _signal.WaitOne(limit);

    public void Dispose() => _signal.Dispose();
}
