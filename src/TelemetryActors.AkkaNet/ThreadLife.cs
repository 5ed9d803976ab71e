namespace TelemetryActors.AkkaNet;

/// <summary>How long the threads live that an actor has begun: until their work has ended - a sink's call and its disposal, a look at a disk - however soon the actor was stopped.</summary>
/// <remarks>Outlives the actor, so that nothing else is done meanwhile. One actor at a time uses it; whether the work has ended may be asked from any thread.</remarks>
internal sealed class ThreadLife
{
    private readonly Lock _gate = new();
    private Action? _atTheEnd;
    private int _lives;

    /// <summary>Whether there is no thread that may still be busy.</summary>
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

    /// <summary>A thread begins; the one before may still be ending.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _lives++;
        }
    }

    /// <summary>It has ended its work.</summary>
    public void End()
    {
        Action? act = null;
        lock (_gate)
        {
            _lives--;
            if (_lives == 0)
            {
                (act, _atTheEnd) = (_atTheEnd, null);
            }
        }

        act?.Invoke();
    }

    /// <summary>Does something when no thread is busy any more: now, or on the thread that ends.</summary>
    public void AtTheEnd(Action act)
    {
        lock (_gate)
        {
            if (_lives > 0)
            {
                _atTheEnd += act;
                return;
            }
        }

        act();
    }

    /// <summary>Ends when no thread is busy any more.</summary>
    public Task WhenOver()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        AtTheEnd(over.SetResult);
        return over.Task;
    }
}
