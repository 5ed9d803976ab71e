namespace TelemetryActors.Delivery;

/// <summary>What a sink's outcome for a part of a batch means for the whole of it.</summary>
internal static class GatedOutcome
{
    /// <param name="outcome">The sink's, which counts the events it was given.</param>
    /// <param name="allowed">The places in the batch of those events.</param>
    /// <param name="held">The events that were held back.</param>
    public static SinkOutcome Of(SinkOutcome outcome, List<int> allowed, IReadOnlyList<RejectedItem> held) => outcome switch
    {
        _ when held.Count == 0 => outcome,
        SinkOutcome.PartlyDelivered partly => partly with { Items = [.. held, .. partly.Items.Select(item => InBatch(item, allowed))] },
        SinkOutcome.Unfinished part when part.Done < allowed.Count => new SinkOutcome.Unfinished(allowed[part.Done]),
        _ when outcome == SinkOutcome.Delivered => new SinkOutcome.PartlyDelivered(held),
        _ => outcome,
    };

    private static RejectedItem InBatch(RejectedItem item, List<int> allowed) =>
        item with { Index = item.Index >= 0 && item.Index < allowed.Count ? allowed[item.Index] : -1 };
}
