namespace TelemetryActors.Engine;

/// <summary>A reader's wish to be woken.</summary>
internal interface IEventSubscription : IDisposable
{
    /// <summary>Wakes the reader once, as soon as the tail's ordinal is at or above a number; at once when it already is. Replaces an earlier wish.</summary>
    void WakeAt(long ordinal);
}
