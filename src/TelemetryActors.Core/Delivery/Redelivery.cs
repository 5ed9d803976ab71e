using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>Events that go to a sink once more, beside its cursor: a stretch of a replay, or dead letters put back. It has an account of its own.</summary>
/// <param name="Origin">Which of the two.</param>
/// <param name="Account">How far it has come; its tail is where it ends.</param>
public sealed record Redelivery(BatchOrigin Origin, SinkAccount Account)
{
    /// <summary>Whether it goes as one batch, because the sink has these bounds already: <see cref="IFindsBounds"/>.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The time for which the sink is still to be asked what bounds it has; null when that is done or needless.</summary>
    public ReplayTime? BoundsWanted { get; init; }

    /// <summary>A stretch of a slot's stream, delivered once more: each event counts as accepted once more.</summary>
    public static Redelivery Replay(int slot, Cursor from, Cursor to, bool isWhole = false) =>
        new(BatchOrigin.Replay, SinkAccount.StartAt(slot, from) with { Tail = to }) { IsWhole = isWhole };

    /// <summary>Dead letters put back: what was dead waits again, so that no event is counted twice.</summary>
    public static Redelivery DeadLetters(Cursor from, Cursor to)
    {
        var letters = to.Ordinal - from.Ordinal;
        return new(BatchOrigin.DeadLetters, SinkAccount.StartAt(LaneId.NoSlot, from) with { Tail = to, Carried = -letters, DeadLettered = -letters });
    }
}
