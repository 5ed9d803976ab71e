namespace TelemetryActors.AkkaNet;

/// <summary>How long the sink lives that an actor has made: until its call has ended and it is disposed, however soon its actor was stopped.</summary>
/// <remarks>Outlives the actor, so that nothing else is sent meanwhile. One actor at a time uses it; whether the sink has ended may be asked from any thread.</remarks>
internal sealed class SinkLife
{
    private volatile bool _isOver = true;

    /// <summary>Whether there is no sink that may still be busy.</summary>
    public bool IsOver => _isOver;

    /// <summary>A sink was made.</summary>
    public void Begin() => _isOver = false;

    /// <summary>It has ended its call and was disposed.</summary>
    public void End() => _isOver = true;
}
