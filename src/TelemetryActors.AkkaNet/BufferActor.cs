using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;

namespace TelemetryActors.AkkaNet;

/// <summary>Runs the stream from the ring to the sinks' supervisors; a stream that broke is run anew, and goes on at every sink's cursor.</summary>
internal sealed class BufferActor : ReceiveActor
{
    private readonly EngineEnvironment _environment;
    private readonly IReadOnlyList<(SinkDefinition Definition, IActorRef Supervisor)> _sinks;
    private UniqueKillSwitch? _killSwitch;

    public BufferActor(EngineEnvironment environment, IReadOnlyList<(SinkDefinition Definition, IActorRef Supervisor)> sinks)
    {
        _environment = environment;
        _sinks = sinks;
        Receive<StreamEnded>(ended => throw new InvalidOperationException("The stream to the sinks ended.", ended.Cause));
    }

    public static Props Props(EngineEnvironment environment, IReadOnlyList<(SinkDefinition Definition, IActorRef Supervisor)> sinks) =>
        Akka.Actor.Props.Create(() => new BufferActor(environment, sinks));

    protected override void PreStart()
    {
        if (_sinks.Count == 0)
        {
            return;
        }

        var (killSwitch, ended) = EventGraph.Create(_environment, _sinks).Run(Context.Materializer(EventGraph.Settings(Context.System)));
        _killSwitch = killSwitch;
        ended.PipeTo(Self, success: _ => new StreamEnded(null), failure: cause => new StreamEnded(cause));
    }

    protected override void PostStop() => _killSwitch?.Shutdown();

    // Comes late when the actor stops the stream itself.
    private sealed record StreamEnded(Exception? Cause) : IDeadLetterSuppression;
}
