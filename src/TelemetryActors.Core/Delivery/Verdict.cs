namespace TelemetryActors.Delivery;

/// <summary>What an outcome meant for a batch.</summary>
public enum Verdict
{
    /// <summary>All its events are settled.</summary>
    Settled = 0,

    /// <summary>It is tried again, with the same bounds.</summary>
    Repeated,

    /// <summary>The upload used all its attempts; the batch waits for the next upload.</summary>
    Kept,

    /// <summary>The upload used all its attempts; the batch is dropped and counted.</summary>
    Discarded,

    /// <summary>It was refused and is halved, or set aside until it is known whose fault that is.</summary>
    Refused,

    /// <summary>The sink asked for a wait.</summary>
    Deferred,

    /// <summary>The upload used all its attempts; an operator put its events there, so they are dead letters and not dropped.</summary>
    SetAside,
}
