namespace TelemetryActors.Supervision;

/// <summary>What an operator can ask of a sink's supervisor.</summary>
public enum SinkCommandKind
{
    /// <summary>Close the circuit and try again what was refused.</summary>
    Reset = 0,

    /// <summary>End the open time: the next batch is the probe.</summary>
    Probe,

    /// <summary>Begin no more batches.</summary>
    Pause,

    /// <summary>Go on.</summary>
    Resume,
}
