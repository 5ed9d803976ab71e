using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>Consecutive events of one lane.</summary>
/// <param name="Lane">Where they come from; a writer slot's number stands for its new events.</param>
/// <param name="Start">Before the first event.</param>
/// <param name="End">Behind the last event.</param>
public readonly record struct EventRange(LaneId Lane, Cursor Start, Cursor End)
{
    /// <summary>The writer slot.</summary>
    public int Slot => Lane.Slot;

    /// <summary>How many events.</summary>
    public int Count => (int)(End.Ordinal - Start.Ordinal);
}
