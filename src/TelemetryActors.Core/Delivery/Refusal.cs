namespace TelemetryActors.Delivery;

/// <summary>One event's refusal by its destination.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Attempt">How often the event was tried.</param>
public sealed record Refusal(string Reason, int Attempt);
