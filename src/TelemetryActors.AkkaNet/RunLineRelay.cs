using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet;

/// <summary>Tells the actors of runs what the handles of this process write, from the first line on: until the engine is up the lines wait here.</summary>
/// <remarks>Thread-safe; called on the recording thread, where it costs a message.</remarks>
internal sealed class RunLineRelay
{
    // An engine that could not start takes none: the lines are in the log anyway.
    private const int MostEarly = 1024;

    private readonly Lock _lock = new();
    private readonly Queue<RunLine> _early = new();
    private volatile IActorRef? _to;

    /// <summary>A line of a run's life was accepted.</summary>
    public void Tell(string runId, ReadOnlyMemory<byte> line)
    {
        var told = new RunLine(runId, line);
        if (_to is { } there)
        {
            there.Tell(told);
            return;
        }

        lock (_lock)
        {
            if (_to is { } now)
            {
                now.Tell(told);
            }
            else if (_early.Count < MostEarly)
            {
                _early.Enqueue(told);
            }
        }
    }

    /// <summary>The actors are there.</summary>
    public void Open(IActorRef to)
    {
        lock (_lock)
        {
            while (_early.TryDequeue(out var line))
            {
                to.Tell(line);
            }

            _to = to;
        }
    }
}
