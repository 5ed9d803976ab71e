namespace TelemetryActors.Engine;

/// <summary>What a sink's files are used for. A disk may take one and refuse another: a full one is still read.</summary>
internal enum DiskWork
{
    /// <summary>Taking the sink for this process.</summary>
    Own = 0,

    /// <summary>Reading what was kept.</summary>
    Load,

    /// <summary>A first state, so that the sink is seen.</summary>
    Begin,

    /// <summary>Keeping the state.</summary>
    Keep,

    /// <summary>Writing dead letters.</summary>
    Letters,

    /// <summary>Reading what operators ask for.</summary>
    Commands,

    /// <summary>Taking dead letters out of their file.</summary>
    TakeOut,

    /// <summary>Removing dead letters that were taken out.</summary>
    PutAway,
}
