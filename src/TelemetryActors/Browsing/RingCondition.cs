namespace TelemetryActors.Browsing;

/// <summary>How the ring of a writer slot was found.</summary>
internal enum RingCondition
{
    /// <summary>A living process goes on with it.</summary>
    InUse,

    /// <summary>A living process has none in a file, or none any more: it dies with the process.</summary>
    InMemory,

    /// <summary>Its writer is dead; the next start brings its rest to the log.</summary>
    Left,

    /// <summary>Its writer is dead, and its slot has gone on without it; the next start that finds it in its ring directory brings its rest to the log.</summary>
    Stranded,

    /// <summary>Its writer did not end in order, and it is not there any more or not to be trusted.</summary>
    Lost,

    /// <summary>It is elsewhere or another user's: whoever can open it brings its rest to the log.</summary>
    OutOfReach,
}
