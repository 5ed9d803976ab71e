namespace TelemetryActors.Supervision;

/// <summary>What a circuit breaker knows, as it is kept beside the sink's cursors.</summary>
public sealed record CircuitRecord
{
    /// <summary>A sink that works.</summary>
    public static CircuitRecord Closed { get; } = new();

    /// <summary>Whether batches go.</summary>
    public CircuitState State { get; init; }

    /// <summary>When the next probe may go; an absolute instant, set while the circuit is not closed.</summary>
    public DateTimeOffset? OpenUntil { get; init; }

    /// <summary>Failed attempts since the last success.</summary>
    public int FailuresInARow { get; init; }

    /// <summary>How often the circuit opened since the last success; the open time doubles with it.</summary>
    public int OpeningsInARow { get; init; }

    /// <summary>Why it opened, for operators.</summary>
    public string? Cause { get; init; }

    /// <summary>Whether it opened because someone must change something (credentials, bucket, address).</summary>
    public bool IsMisconfigured { get; init; }
}
