namespace TelemetryActors.Delivery;

/// <summary>One event of a batch that its destination refuses for good.</summary>
/// <param name="Index">The event's place in the batch, from 0.</param>
/// <param name="Reason">The cause, for operators.</param>
public readonly record struct RejectedItem(int Index, string Reason);
