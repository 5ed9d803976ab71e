using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Supervision;

namespace TelemetryActors.Browsing;

/// <summary>A sink as its kept state and the log's end tell it, whether a process runs it or not.</summary>
/// <param name="Name">The sink's name.</param>
/// <param name="Circuit">Its circuit as it was last kept.</param>
/// <param name="IsPaused">Whether an operator paused it.</param>
/// <param name="Accounts">Cursor and counts of each slot, against the log's end; empty when the sink keeps them with its own data.</param>
internal sealed record SinkOverview(string Name, CircuitRecord Circuit, bool IsPaused, IReadOnlyList<SinkAccount> Accounts)
{
    /// <summary>The call that a living process is in, when it has kept that: it does so for one that takes its time. Null otherwise.</summary>
    public CallUnderWay? Call { get; init; }

    /// <summary>What was kept of it; null when nothing was.</summary>
    public SinkState? Kept { get; init; }

    /// <summary>Until when nothing begins, though the circuit is closed: the destination asked for it, or it is the wait between two attempts. Null when nothing waits so.</summary>
    public DateTimeOffset? Wait { get; init; }

    /// <summary>Why it waits.</summary>
    public string? WaitCause { get; init; }

    /// <summary>The setting that switches it off; null when none does.</summary>
    public string? WhyOff { get; init; }

    /// <summary>Why nothing goes to it, as telemetry is switched off; null while it is on.</summary>
    public string? WhyHeld { get; init; }

    /// <summary>Why the sink cannot say what it has, so that nothing goes to it, as was last kept; null when it can.</summary>
    public string? LoadFault { get; init; }

    /// <summary>Whether only the settings know it yet.</summary>
    public bool HasNotRun { get; init; }

    /// <summary>Whether it waits by itself: an operator's or the circuit's wait says more.</summary>
    public bool IsWaiting => WhyHeld is null && Wait is not null && Circuit.State == CircuitState.Closed && !IsPaused;

    /// <summary>What stopped it last, for operators.</summary>
    public string? Cause => WhyOff ?? WhyHeld ?? LoadFault ?? (IsWaiting ? WaitCause : Circuit.Cause);

    public long Accepted => Accounts.Sum(account => account.Accepted);

    public long Delivered => Accounts.Sum(account => account.Delivered);

    public long Pending => Accounts.Sum(account => account.Pending);

    public long PendingBytes => Accounts.Sum(account => account.PendingBytes);

    public long DeadLettered => Accounts.Sum(account => account.DeadLettered);

    public DropCounts Dropped => Accounts.Aggregate(DropCounts.None, (sum, account) => sum.Plus(account.Dropped));

    public IEnumerable<KeyValuePair<DropReason, long>> DroppedByReason => Dropped.ByReason;

    /// <summary>Whether nothing may go to it, by the owner's decision or the lack of one: nothing was tried, and no time ends that.</summary>
    public bool IsHeld => WhyHeld is not null || (Circuit.State != CircuitState.Closed && UploadConsent.IsCause(Circuit.Cause));

    /// <summary>When the next probe may go; null while none is waited for.</summary>
    public DateTimeOffset? OpenUntil => IsHeld ? null : Circuit.OpenUntil;

    /// <summary>How it stands, in a word.</summary>
    public string State =>
        WhyOff is not null ? "off" : WhyHeld is not null ? "held" : HasNotRun ? "new" : LoadFault is not null ? "broken" : IsPaused ? "paused" : IsWaiting ? "waits" : IsHeld ? "held" : Circuit.IsMisconfigured && Circuit.State != CircuitState.Closed ? "misconfigured" : Circuit.State.ToString().ToLowerInvariant();
}
