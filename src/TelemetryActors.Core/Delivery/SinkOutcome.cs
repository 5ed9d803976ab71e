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
    public sealed record PartlyDelivered(IReadOnlyList<RejectedItem> Items) : SinkOutcome
    {
        /// <summary>Whether the destination took an event. If not, all that was not refused needed no request, and nothing shows that the destination works.</summary>
        internal bool IsProof { get; init; } = true;
    }

    /// <summary>The destination refuses this batch for good, because of what is in it.</summary>
    /// <param name="Reason">The cause, for operators.</param>
    public sealed record Rejected(string Reason) : SinkOutcome
    {
        /// <summary>Whether nothing but the product's own announcements is in the batch.</summary>
        internal bool IsOfAnnouncements { get; init; }
    }

    /// <summary>No batch can arrive until someone changes something: bad credentials, no such bucket.</summary>
    /// <param name="Reason">The cause, for operators; no secrets.</param>
    public sealed record Misconfigured(string Reason) : SinkOutcome;

    /// <summary>The call's time did not suffice for the whole batch, which is no failure: the first events come again as a batch of their own, and then the others.</summary>
    /// <param name="Done">The first events, of which the sink then says what became of each; the others were not tried.</param>
    internal sealed record Unfinished(int Done) : SinkOutcome;

    /// <summary>Nothing of this batch's slot may be sent now, which is not the sink's doing: it waits where it is, and the other slots go on.</summary>
    /// <param name="Reason">The cause, for operators.</param>
    internal sealed record Held(string Reason) : SinkOutcome;

    private sealed record AllDelivered : SinkOutcome;
}
