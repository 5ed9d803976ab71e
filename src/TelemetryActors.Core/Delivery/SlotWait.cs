namespace TelemetryActors.Delivery;

/// <summary>Since when the oldest event of a writer slot waits for its batch.</summary>
/// <param name="Slot">The writer slot.</param>
/// <param name="Since">When a process first saw it waiting; kept, so that programs that live for moments count one wait together.</param>
public readonly record struct SlotWait(int Slot, DateTimeOffset Since);
