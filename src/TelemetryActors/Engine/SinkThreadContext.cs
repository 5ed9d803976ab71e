namespace TelemetryActors.Engine;

/// <summary>Runs a sink's asynchronous continuations on the sink's own thread, so that it needs nothing of the host's thread pool.</summary>
internal sealed class SinkThreadContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private readonly Action _completed;
    private bool _isCompleted;

    public SinkThreadContext() => _completed = Complete;

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_posted)
        {
            _posted.Enqueue((d, state));
            Monitor.Pulse(_posted);
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (Current != this)
        {
            throw new NotSupportedException("A sink's thread takes work from others only by Post.");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs continuations until a call has ended.</summary>
    public T Run<T>(ValueTask<T> call)
    {
        if (call.IsCompleted)
        {
            return call.GetAwaiter().GetResult();
        }

        // With this context, not past it: the end of a call comes to this thread as well, and a starved pool delays nothing.
        var awaiter = call.GetAwaiter();
        _isCompleted = false;
        awaiter.UnsafeOnCompleted(_completed);
        Pump();
        return awaiter.GetResult();
    }

    /// <summary>Runs continuations until a call has ended.</summary>
    public void Run(ValueTask call) => Run(Wrap(call));

    private static async ValueTask<bool> Wrap(ValueTask call)
    {
        await call;
        return true;
    }

    private void Complete()
    {
        lock (_posted)
        {
            _isCompleted = true;
            Monitor.Pulse(_posted);
        }
    }

    private void Pump()
    {
        while (Next() is { Callback: { } callback } next)
        {
            callback(next.State);
        }
    }

    private (SendOrPostCallback? Callback, object? State) Next()
    {
        lock (_posted)
        {
            while (_posted.Count == 0 && !_isCompleted)
            {
                Monitor.Wait(_posted);
            }

            return _posted.TryDequeue(out var next) ? next : default;
        }
    }
}
