namespace TelemetryActors.Delivery;

/// <summary>One event's refusal by its destination.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Attempt">How often the event was tried.</param>
public sealed record Refusal(string Reason, int Attempt)
{
    /// <summary>The event's place behind the cursor, from 0.</summary>
    public int Index { get; init; }

    /// <summary>Whether the event is one of the product's own, that announce what becomes of a sink: its refusal says nothing of the sink, and is not announced in its turn.</summary>
    internal bool IsAnnouncement { get; init; }
}
