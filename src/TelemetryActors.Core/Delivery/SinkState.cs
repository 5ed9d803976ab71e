using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Delivery;

/// <summary>Everything of a sink that outlives the process: one record, replaced as a whole, after the effect.</summary>
public sealed record SinkState
{
    /// <summary>A sink that never ran.</summary>
    public static SinkState Fresh { get; } = new();

    /// <summary>A cursor and its counts for each writer slot; empty when the sink keeps them itself or starts at the tail.</summary>
    public IReadOnlyList<SinkAccount> Accounts { get; init; } = [];

    /// <summary>The circuit breaker.</summary>
    public CircuitRecord Circuit { get; init; } = CircuitRecord.Closed;

    /// <summary>Whether an operator paused the sink.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The batch to repeat.</summary>
    public OutstandingBatch? Outstanding { get; init; }

    /// <summary>Refused events whose verdict is open, of one lane: where another has some as well, they stand behind its cursor still and are sent once more.</summary>
    public SuspectRun? Suspects { get; init; }

    /// <summary>Rejections since something was last delivered.</summary>
    public int RejectionsInARow { get; init; }

    /// <summary>Until when nothing begins: a wait that the destination asked for, or one between attempts.</summary>
    public Hold Hold { get; init; }

    /// <summary>Why it waits, for operators; null when that is its own pace.</summary>
    public string? HoldCause { get; init; }

    /// <summary>Waits in a row that the destination asked for and that counted as no failure.</summary>
    public int RetryAftersInARow { get; init; }

    /// <summary>Events that probes delivered ahead of the cursor; skipped when it gets there.</summary>
    public IReadOnlyList<EventRange> DeliveredAhead { get; init; } = [];

    /// <summary>Since when events wait, for each slot that has any.</summary>
    public IReadOnlyList<SlotWait> Waiting { get; init; } = [];

    /// <summary>What goes to the sink once more; the one under way first.</summary>
    public IReadOnlyList<Redelivery> Redeliveries { get; init; } = [];

    /// <summary>What became of redeliveries that have ended.</summary>
    public SinkAccount Redelivered { get; init; }

    /// <summary>What has come of events that go again: of those under way, and behind them of those that are through.</summary>
    internal IEnumerable<SinkAccount> RedeliveryAccounts => Redeliveries.Select(redelivery => redelivery.Account).Append(Redelivered);

    /// <summary>Dead letters taken out for a retry or a purge, by the streams of their files, that the dead letters' file may still hold as well.</summary>
    public IReadOnlyList<StreamId> TakenOut { get; init; } = [];

    /// <summary>How many dead letters the sink has had: those in the file behind that are not counted yet. Null when it is not known.</summary>
    public long? Letters { get; init; }

    /// <summary>The call that is under way; null when none is. It ends with its process: whoever loads the state starts without one.</summary>
    public CallUnderWay? Call { get; init; }

    /// <summary>Why a sink that keeps its accounts with its data cannot say what it has: kept for those who look from outside. Null when it can, or does not keep them.</summary>
    public string? LoadFault { get; init; }

    /// <summary>Whether nothing is known of the sink, and so not of its dead letters either: it never ran, or its state was lost.</summary>
    internal bool KnowsNothing => Letters is null && Accounts.Count == 0 && Redeliveries.Count == 0 && Redelivered == default;

    /// <summary>How many events are dead letters now.</summary>
    internal long DeadLettered => Accounts.Concat(RedeliveryAccounts).Sum(account => account.DeadLettered);

    /// <summary>The same with so many dead letters, at least and at most: those that no account counts were accepted once.</summary>
    internal SinkState WithDeadLetters(long least, long most)
    {
        var others = Math.Clamp(DeadLettered, least, most) - DeadLettered;
        return this with { Redelivered = Redelivered with { Carried = Redelivered.Carried + others, DeadLettered = Redelivered.DeadLettered + others } };
    }

    /// <summary>Bytes of the command file that were read.</summary>
    public long CommandsRead { get; init; }
}
