namespace TelemetryActors.Supervision;

/// <summary>What happened to a sink that operators should see as an event.</summary>
public enum SinkTransitionKind
{
    /// <summary>The circuit opened after too many failures.</summary>
    Opened = 0,

    /// <summary>The circuit opened because someone must change something.</summary>
    Misconfigured,

    /// <summary>One batch goes out to test an open circuit.</summary>
    Probing,

    /// <summary>The circuit closed.</summary>
    Closed,

    /// <summary>An operator's command was carried out.</summary>
    Commanded,

    /// <summary>The sink threw and is made anew.</summary>
    Restarted,

    /// <summary>An upload used all its attempts; its batch waits or was discarded (S1.15).</summary>
    UploadFailed,

    /// <summary>Events were refused for good.</summary>
    DeadLettered,

    /// <summary>Events were gone before the sink had read them.</summary>
    EventsGone,

    /// <summary>A file of the sink could not be read or written.</summary>
    StateFault,
}
