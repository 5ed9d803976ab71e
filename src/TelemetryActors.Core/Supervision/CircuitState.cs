namespace TelemetryActors.Supervision;

/// <summary>Whether batches go to a sink.</summary>
public enum CircuitState
{
    /// <summary>Batches go.</summary>
    Closed = 0,

    /// <summary>No batch goes until the circuit's instant has passed.</summary>
    Open,

    /// <summary>One batch is under way to find out whether the sink works again.</summary>
    Probing,
}
