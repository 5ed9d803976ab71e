namespace TelemetryActors.Runs;

/// <summary>What a line did to its run.</summary>
public enum RunChange
{
    /// <summary>Nothing: it came a second time.</summary>
    Duplicate = 0,

    /// <summary>It was one more event of the run.</summary>
    Continued,

    /// <summary>The run's start became known.</summary>
    Started,

    /// <summary>Its metrics changed.</summary>
    MetricsChanged,

    /// <summary>It ended.</summary>
    Ended,

    /// <summary>It had been abandoned and runs again.</summary>
    Reopened,

    /// <summary>An end that changes nothing: the run has ended, or the end's status cannot be read.</summary>
    EndIgnored,

    /// <summary>The run was tied to a git commit.</summary>
    CommitKnown,
}
