namespace TelemetryActors.Delivery;

/// <summary>A batch that was read and is to be delivered now.</summary>
/// <param name="Range">Its bounds.</param>
/// <param name="Attempt">1 for the first try of these events.</param>
/// <param name="IsProbe">Whether it tests an open circuit.</param>
/// <param name="Timeout">How long the call may take.</param>
public readonly record struct PlannedBatch(EventRange Range, int Attempt, bool IsProbe, TimeSpan Timeout)
{
    /// <summary>What was given up between the events that the sink took last and these; null: nothing.</summary>
    internal DropCounts? Gone { get; init; }

    /// <summary>The batch as the sink gets it.</summary>
    public SinkBatch Of(ReadOnlyMemory<byte> lines) =>
        new(Range.Slot, Range.Start, Range.End, lines) { Attempt = Attempt, IsProbe = IsProbe, Origin = Range.Lane.Origin, Gone = Gone ?? DropCounts.None };
}
