using TelemetryActors.Delivery;

namespace TelemetryActors.Supervision;

/// <summary>An operator's command: one line of <c>state/commands/&lt;sink&gt;.ndjson</c>, which is the audit trail as well.</summary>
/// <param name="Kind">What.</param>
/// <param name="Who">Who asked for it.</param>
/// <param name="When">When it was asked for.</param>
/// <param name="Why">Why, in the operator's words.</param>
public sealed record SinkCommand(SinkCommandKind Kind, string Who, DateTimeOffset When, string? Why)
{
    /// <summary>What a replay is to deliver; set for <see cref="SinkCommandKind.Replay"/> alone.</summary>
    public ReplayRequest? Replay { get; init; }

    /// <summary>Which dead letters are meant; set for <see cref="SinkCommandKind.Retry"/> and <see cref="SinkCommandKind.Purge"/> alone.</summary>
    public DeadLetterSelection? Letters { get; init; }
}
