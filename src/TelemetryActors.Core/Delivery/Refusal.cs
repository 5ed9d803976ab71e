namespace TelemetryActors.Delivery;

/// <summary>One event's refusal by its destination.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Attempt">How often the event was tried.</param>
public sealed record Refusal(string Reason, int Attempt)
{
    /// <summary>The event's place behind the cursor, from 0.</summary>
    public int Index { get; init; }
}
