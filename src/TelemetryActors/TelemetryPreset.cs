namespace TelemetryActors;

/// <summary>Sizes that fit a kind of program.</summary>
public enum TelemetryPreset
{
    /// <summary>A service or a long-lived agent: a ring of 8 MiB.</summary>
    Service = 0,

    /// <summary>A command-line tool or a small agent: a ring of 1 MiB, less than 2 MB of memory in all (S2.3), no session events.</summary>
    Small,

    /// <summary>A collector that takes the events of many: a ring of 64 MiB.</summary>
    Collector,
}
