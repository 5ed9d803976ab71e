using Akka.Dispatch;

namespace TelemetryActors.AkkaNet;

/// <summary>Runs a sink's asynchronous continuations on the thread of its actor, so that it needs nothing of the host's thread pool.</summary>
internal sealed class DispatcherContext(MessageDispatcher dispatcher) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            dispatcher.Schedule(() => Run(() => d(state)));
        }
        catch (RejectedExecutionException)
        {
            // The actor has ended, and its thread with it; what is left of its call must still come to an end.
            base.Post(d, state);
        }
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs something on this thread as the sink's own.</summary>
    public void Run(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
