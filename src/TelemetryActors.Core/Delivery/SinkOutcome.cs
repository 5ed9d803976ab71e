namespace TelemetryActors.Delivery;

/// <summary>What a sink says of one batch. A closed set: the nested records are all there is.</summary>
public abstract record SinkOutcome
{
    private SinkOutcome()
    {
    }

    /// <summary>Every event arrived.</summary>
    public static SinkOutcome Delivered { get; } = new AllDelivered();

    /// <summary>Nothing is known to have arrived; worth another try, no sooner than <paramref name="After"/> when the sink was told so.</summary>
    /// <param name="Reason">The cause, for operators; no secrets.</param>
    /// <param name="After">A wait the destination asked for (<c>Retry-After</c>): honoured, and no failure, up to ten in a row.</param>
    public sealed record Retry(string Reason, TimeSpan? After = null) : SinkOutcome;

    /// <summary>All arrived but some that the destination refuses for good.</summary>
    /// <param name="Items">The refused ones.</param>
    public sealed record PartlyDelivered(IReadOnlyList<RejectedItem> Items) : SinkOutcome;

    /// <summary>The destination refuses this batch for good, because of what is in it.</summary>
    /// <param name="Reason">The cause, for operators.</param>
    public sealed record Rejected(string Reason) : SinkOutcome;

    /// <summary>No batch can arrive until someone changes something: bad credentials, no such bucket.</summary>
    /// <param name="Reason">The cause, for operators; no secrets.</param>
    public sealed record Misconfigured(string Reason) : SinkOutcome;

    private sealed record AllDelivered : SinkOutcome;
}
