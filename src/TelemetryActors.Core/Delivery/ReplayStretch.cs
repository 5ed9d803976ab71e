using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>A stretch of one writer slot's stream.</summary>
/// <param name="Slot">The writer slot.</param>
/// <param name="From">Before its first event.</param>
/// <param name="To">Behind its last event; null when it ends where the sink's cursor is, because what lies behind goes to the sink anyway.</param>
public readonly record struct ReplayStretch(int Slot, Cursor From, Cursor? To);
