namespace TelemetryActors.Engine;

/// <summary>A sink that has something to do even when there are no events: called on the sink's thread at each heartbeat.</summary>
internal interface IIdleWork
{
    /// <summary>Returns soon and does not throw.</summary>
    void DoIdleWork();
}
