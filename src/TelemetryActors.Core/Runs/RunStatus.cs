namespace TelemetryActors.Runs;

/// <summary>How a run stands (D.10).</summary>
public enum RunStatus
{
    /// <summary>Not ended.</summary>
    Running = 0,

    /// <summary>Ended well.</summary>
    Success,

    /// <summary>Ended by an error.</summary>
    Failed,

    /// <summary>Ended with a part of its work done.</summary>
    Partial,

    /// <summary>Ended by its time limit.</summary>
    Timeout,

    /// <summary>Ended by whoever asked it to.</summary>
    Cancelled,

    /// <summary>Silent beyond its lease, and closed by someone else. The one end that is not final.</summary>
    Abandoned,
}
