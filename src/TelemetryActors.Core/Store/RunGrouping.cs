namespace TelemetryActors.Store;

/// <summary>What keeps runs apart when they are counted.</summary>
[Flags]
public enum RunGrouping
{
    /// <summary>Nothing: all runs together.</summary>
    None = 0,

    /// <summary>The agent.</summary>
    Agent = 1,

    /// <summary>How they stand.</summary>
    Status = 2,

    /// <summary>The day they began, in UTC.</summary>
    Day = 4,
}
