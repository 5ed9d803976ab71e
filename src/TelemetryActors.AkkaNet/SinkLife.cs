namespace TelemetryActors.AkkaNet;

/// <summary>How long the sink lives that an actor has made: until its call has ended and it is disposed, however soon its actor was stopped.</summary>
/// <remarks>Outlives the actor, so that nothing else is sent meanwhile. One actor at a time uses it; whether the sink has ended may be asked from any thread.</remarks>
internal sealed class SinkLife
{
    private readonly Lock _gate = new();
    private Action? _atTheEnd;
    private int _lives;

    /// <summary>Whether there is no sink that may still be busy.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _lives == 0;
            }
        }
    }

    /// <summary>A sink is to be made; the thread of the one before, which was disposed, may still be ending.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _lives++;
        }
    }

    /// <summary>It has ended its call and was disposed.</summary>
    public void End()
    {
        Action? act;
        lock (_gate)
        {
            _lives--;
            act = _lives == 0 ? _atTheEnd : null;
        }

        act?.Invoke();
    }

    /// <summary>Does something when no sink is busy any more: now, or on the thread of the sink that ends.</summary>
    public void AtTheEnd(Action act)
    {
        lock (_gate)
        {
            if (_lives > 0)
            {
                _atTheEnd = act;
                return;
            }
        }

        act();
    }
}
