using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>What a writer slot holds: everything before its tail.</summary>
/// <param name="Slot">The writer slot.</param>
/// <param name="Tail">Behind its newest event.</param>
public readonly record struct SlotTail(int Slot, Cursor Tail)
{
    /// <inheritdoc cref="IEventSource.Gaps" />
    public IReadOnlyList<PositionGap>? Gaps { get; init; }

    /// <summary>What a source has now.</summary>
    public static SlotTail Of(IEventSource source) => new(source.Slot, source.Tail) { Gaps = source.Gaps };
}
