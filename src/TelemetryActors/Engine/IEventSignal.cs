namespace TelemetryActors.Engine;

/// <summary>Tells readers that new events have come, and only when there are as many as they wait for.</summary>
internal interface IEventSignal
{
    /// <summary>Registers a reader of this process's own stream.</summary>
    /// <param name="wake">Called from the producer's thread, outside the ring's lock; returns at once.</param>
    IEventSubscription Subscribe(Action wake);
}
