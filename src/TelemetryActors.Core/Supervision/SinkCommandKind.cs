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

    /// <summary>Deliver a time's events once more: <see cref="SinkCommand.Replay"/> says which.</summary>
    Replay,

    /// <summary>Give up what is left of replays and of dead letters put back; it counts as skipped.</summary>
    Cancel,

    /// <summary>Put dead letters back into delivery: <see cref="SinkCommand.Letters"/> says which.</summary>
    Retry,

    /// <summary>Throw dead letters away: <see cref="SinkCommand.Letters"/> says which.</summary>
    Purge,
}
