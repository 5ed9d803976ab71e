using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>What to read for the next batch.</summary>
/// <param name="Lane">Where the events come from.</param>
/// <param name="From">Where to begin.</param>
/// <param name="MaxEvents">The most events.</param>
/// <param name="MaxBytes">The most bytes; bounds the second and later events.</param>
/// <param name="IsProbe">Whether the batch tests an open circuit.</param>
/// <param name="NewestOnly">Whether the batch is the lane's newest event alone: read on from <paramref name="From"/> to the tail and keep the last.</param>
public readonly record struct BatchPlan(LaneId Lane, Cursor From, int MaxEvents, int MaxBytes, bool IsProbe, bool NewestOnly)
{
    /// <summary>The number of the source to read.</summary>
    public int Slot => Lane.Slot;
}
