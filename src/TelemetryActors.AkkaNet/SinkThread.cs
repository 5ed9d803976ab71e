using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;

namespace TelemetryActors.AkkaNet;

/// <summary>A sink on a background thread of its own, as in the local engine: no dispatcher and no end of an actor system waits for what its code does.</summary>
/// <remarks>One actor uses it. What it is given to do is done in turn; a call that hangs holds what comes behind it, the sink's disposal included.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Nobody waits for its work through a handle of the system's.")]
internal sealed class SinkThread(SinkDefinition definition, SinkContext context, SinkLife life, Action<string> reportFault)
{
    private readonly BlockingCollection<Action<SinkHost>> _work = [];
    private Action? _then;
    private bool _hasBegun;

    /// <summary>Does something with the sink, after what is under way.</summary>
    public void Do(Action<SinkHost> work)
    {
        if (_work.IsAddingCompleted)
        {
            return;
        }

        if (!_hasBegun)
        {
            _hasBegun = true;
            life.Begin();
            Begin();
        }

        _work.Add(work);
    }

    /// <summary>Disposes the sink when all that is under way has ended; then the thread ends. Said again, it changes nothing.</summary>
    /// <param name="then">Called on the sink's thread when it has ended, or at once when it never began.</param>
    public void End(Action then)
    {
        if (_work.IsAddingCompleted)
        {
            return;
        }

        _then = then;
        _work.CompleteAdding();
        if (!_hasBegun)
        {
            then();
        }
    }

    // A system that gives no thread now may give one later, to the sink's next actor.
    private void Begin()
    {
        try
        {
            new Thread(Run) { IsBackground = true, Name = $"telemetry {definition.Name}" }.Start();
        }
        catch (OutOfMemoryException)
        {
            _work.CompleteAdding();
            life.End();
            throw;
        }
    }

    private void Run()
    {
        using (var host = new SinkHost(definition, context, reportFault))
        {
            host.Attach();
            foreach (var work in _work.GetConsumingEnumerable())
            {
                Guarded(work, host);
            }
        }

        life.End();
        _then?.Invoke();
    }

    // A thread that ends by what is thrown would take the host with it.
    private void Guarded(Action<SinkHost> work, SinkHost host)
    {
        try
        {
            work(host);
        }
        catch (Exception exception)
        {
            reportFault($"the sink's thread: {exception.GetType().Name}: {exception.Message}");
        }
    }
}
