using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>Consecutive events of one slot.</summary>
/// <param name="Slot">The writer slot.</param>
/// <param name="Start">Before the first event.</param>
/// <param name="End">Behind the last event.</param>
public readonly record struct EventRange(int Slot, Cursor Start, Cursor End)
{
    /// <summary>How many events.</summary>
    public int Count => (int)(End.Ordinal - Start.Ordinal);
}
