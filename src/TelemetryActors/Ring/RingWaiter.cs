namespace TelemetryActors.Ring;

/// <summary>A reader that wants to be woken once the ring's tail reaches a position or an ordinal.</summary>
/// <remarks>The two thresholds belong to the ring's lock.</remarks>
/// <param name="wake">Called from a producer's thread, outside the ring's lock; returns at once.</param>
internal sealed class RingWaiter(Action wake)
{
    internal long WakeAtPosition { get; set; } = long.MaxValue;

    internal long WakeAtOrdinal { get; set; } = long.MaxValue;

    public void Wake() => wake();
}
