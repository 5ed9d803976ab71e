namespace TelemetryActors.Delivery;

/// <summary>One sequence of events that a sink is fed from: a writer slot's new events, a replay of it, or dead letters put back.</summary>
/// <param name="Slot">The writer slot; <see cref="NoSlot"/> for dead letters.</param>
/// <param name="Origin">Why its events go to the sink.</param>
public readonly record struct LaneId(int Slot, BatchOrigin Origin)
{
    /// <summary>The slot's number of events that come from no slot. Slots count from 1.</summary>
    public const int NoSlot = 0;

    /// <summary>A slot's new events.</summary>
    public static implicit operator LaneId(int slot) => new(slot, BatchOrigin.Live);
}
