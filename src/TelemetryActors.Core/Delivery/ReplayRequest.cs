namespace TelemetryActors.Delivery;

/// <summary>What a replay is to deliver once more.</summary>
/// <param name="Time">The time it is about.</param>
/// <param name="Slots">A stretch of each writer slot that has events of that time.</param>
public sealed record ReplayRequest(ReplayTime Time, IReadOnlyList<ReplayStretch> Slots);
