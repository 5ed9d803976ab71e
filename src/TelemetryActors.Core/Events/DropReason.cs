namespace TelemetryActors.Events;

/// <summary>Why an event was not stored or not delivered. A closed list: every loss is counted under one of these.</summary>
public enum DropReason
{
    /// <summary>Nothing was dropped.</summary>
    None = 0,

    /// <summary>Refused at the door: telemetry is disabled, consent is denied or the client has ended.</summary>
    Disabled,

    /// <summary>Refused at the door: the sampler left it out.</summary>
    Sampled,

    /// <summary>Refused at the door: the ring stayed full for longer than the wait limit.</summary>
    RingFull,

    /// <summary>Refused at the door: the event has no name or cannot be encoded.</summary>
    Invalid,

    /// <summary>The ring's oldest bytes were overwritten while the event log was not being written.</summary>
    Overwritten,

    /// <summary>Retention removed the log file before the sink had read it.</summary>
    BacklogLimit,

    /// <summary>A log file was deleted, truncated or damaged by someone else before the sink had read it.</summary>
    Missing,

    /// <summary>The machine or the ring was lost before the event reached the log; counted where a count can be known.</summary>
    InDoubt,

    /// <summary>The sink's policy discards what could not be uploaded (S1.15).</summary>
    Discarded,

    /// <summary>The sink's privacy policy does not let the event through.</summary>
    Privacy,

    /// <summary>An operator skipped it, or a replay left it where the sink has it already.</summary>
    Skipped,

    /// <summary>Refused at the door: a recorder without a pipeline could not write its file.</summary>
    WriteFailed,

    /// <summary>An operator threw the dead letter away.</summary>
    Purged,
}
