using TelemetryActors.Events;

namespace TelemetryActors.Delivery;

/// <summary>One event of a batch that did not go: its destination refuses it for good, or the sink's own policy does not let it through.</summary>
/// <param name="Index">The event's place in the batch, from 0. With one outside the batch the whole answer counts as <see cref="SinkOutcome.Retry"/>: which event was meant cannot be known.</param>
/// <param name="Reason">The cause, for operators.</param>
/// <param name="Drop">Unset for a refused event, which becomes a dead letter; otherwise the reason under which the event is counted as dropped.</param>
public readonly record struct RejectedItem(int Index, string Reason, DropReason Drop = DropReason.None)
{
    /// <inheritdoc cref="Refusal.IsAnnouncement" />
    internal bool IsAnnouncement { get; init; }
}
