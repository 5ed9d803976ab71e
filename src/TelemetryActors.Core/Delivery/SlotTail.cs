using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>What a writer slot holds: everything before its tail.</summary>
/// <param name="Slot">The writer slot.</param>
/// <param name="Tail">Behind its newest event.</param>
public readonly record struct SlotTail(int Slot, Cursor Tail);
