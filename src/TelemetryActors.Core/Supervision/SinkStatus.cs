using TelemetryActors.Delivery;

namespace TelemetryActors.Supervision;

/// <summary>A sink as its supervisor sees it now (SK.9).</summary>
public sealed record SinkStatus
{
    /// <summary>The sink's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its circuit: state, until when, failures in a row, cause.</summary>
    public required CircuitRecord Circuit { get; init; }

    /// <summary>Whether an operator paused it.</summary>
    public required bool IsPaused { get; init; }

    /// <summary>Why nothing goes to it, as telemetry is switched off (<c>enabled</c> is false); null while it is on, and for the event log, which gets what was accepted before.</summary>
    public string? WhyHeld { get; init; }

    /// <summary>Whether another process has this sink of this base directory.</summary>
    public required bool IsElsewhere { get; init; }

    /// <summary>Whether a call is under way.</summary>
    public required bool IsBusy { get; init; }

    /// <summary>The call that is under way; null when none is. One that was given up hangs: the sink takes nothing before it has ended.</summary>
    public CallUnderWay? Call { get; init; }

    /// <summary>Why a sink that keeps its counts with its data cannot say what it has: it is asked at each heartbeat, and takes nothing before it can. Null otherwise.</summary>
    public string? LoadFault { get; init; }

    /// <summary>The last failure, for operators; null when there was none.</summary>
    public required string? LastError { get; init; }

    /// <summary>When the last failure was.</summary>
    public required DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>When the sink last took a batch.</summary>
    public required DateTimeOffset? LastDeliveredAt { get; init; }

    /// <summary>Times the sink was made anew after it threw.</summary>
    public required int Restarts { get; init; }

    /// <summary>Cursor and counts of each writer slot's new events.</summary>
    /// <remarks>As this process knows them: while another one has the sink, or telemetry is switched off, as they were when it had the sink last, and none before it had it.</remarks>
    public required IReadOnlyList<SinkAccount> Accounts { get; init; }

    /// <summary>Counts of what goes to the sink once more: replays, and dead letters put back or thrown away.</summary>
    public IReadOnlyList<SinkAccount> Redeliveries { get; init; } = [];

    /// <summary>Events that wait; 0 also where this process does not know, as <see cref="Accounts"/> are empty.</summary>
    public long Pending => All.Sum(account => account.Pending);

    /// <summary>Events that wait to be delivered once more; part of <see cref="Pending"/>.</summary>
    public long Redelivering => Redeliveries.Sum(account => account.Pending);

    /// <summary>Bytes that wait; where positions are missing that nobody told of, more than that.</summary>
    public long PendingBytes => All.Sum(account => account.PendingBytes);

    /// <summary>Events the sink took; one that was replayed counts again.</summary>
    public long Delivered => All.Sum(account => account.Delivered);

    /// <summary>Events the sink refused for good and that are still dead letters.</summary>
    public long DeadLettered => All.Sum(account => account.DeadLettered);

    /// <summary>Events that were given up.</summary>
    public long Dropped => All.Sum(account => account.Dropped.Total);

    /// <summary>Events that were accepted for this sink; one that was replayed counts again.</summary>
    public long Accepted => All.Sum(account => account.Accepted);

    private IEnumerable<SinkAccount> All => Accounts.Concat(Redeliveries);
}
