using Akka.Actor;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>The root of a pipeline's actors: a supervisor for each sink, the buffer, the writer slots.</summary>
internal sealed class TelemetryGuardian : ReceiveActor
{
    private readonly PipelineDefinition _pipeline;
    private readonly EngineEnvironment _environment;
    private readonly IReadOnlyList<SinkSupervisor> _decisions;
    private readonly Dictionary<string, IActorRef> _supervisors = [];
    private readonly Queue<IReadOnlyList<IActorRef>> _stages = [];
    private readonly HashSet<IActorRef> _draining = [];

    public TelemetryGuardian(PipelineDefinition pipeline, EngineEnvironment environment, IReadOnlyList<SinkSupervisor> decisions)
    {
        _pipeline = pipeline;
        _environment = environment;
        _decisions = decisions;
        Receive<Wake>(wake => _supervisors[wake.Sink].Tell(new Look()));
        Receive<Drain>(_ => BeginDraining());
    }

    public static Props Props(PipelineDefinition pipeline, EngineEnvironment environment, IReadOnlyList<SinkSupervisor> decisions) =>
        Akka.Actor.Props.Create(() => new TelemetryGuardian(pipeline, environment, decisions));

    // All that its children know is in the ring, in files and in the decisions: each can be started anew at any moment.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(exception => exception is ActorInitializationException ? Directive.Stop : Directive.Restart);

    protected override void PreStart()
    {
        foreach (var decisions in _decisions)
        {
            var name = decisions.Definition.Name;
            _supervisors[name] = Context.ActorOf(SinkSupervisorActor.Props(decisions, _pipeline.Supervision, _environment), $"sink-{name}");
        }

        Context.ActorOf(BufferActor.Props(_environment, [.. _pipeline.Sinks.Select(sink => (sink, _supervisors[sink.Name]))]), "buffer");
        Context.ActorOf(WriterSlotsActor.Props(_environment.OnHeartbeat, _pipeline.Supervision.Heartbeat), "writer-slots");
    }

    // The event log first and all of it, then the others: what they do not send now they find in it next time.
    private void BeginDraining()
    {
        foreach (var stage in _pipeline.Sinks.GroupBy(sink => sink.IsEventLog).OrderByDescending(stage => stage.Key))
        {
            _stages.Enqueue([.. stage.Select(sink => _supervisors[sink.Name])]);
        }

        Become(Draining);
        DrainNext();
    }

    private void Draining() => Receive<Terminated>(ended =>
    {
        _draining.Remove(ended.ActorRef);
        DrainNext();
    });

    private void DrainNext()
    {
        while (_draining.Count == 0)
        {
            if (!_stages.TryDequeue(out var stage))
            {
                Context.Stop(Self);
                return;
            }

            foreach (var supervisor in stage)
            {
                _draining.Add(Context.Watch(supervisor));
                supervisor.Tell(new Drain());
            }
        }
    }

    /// <summary>Look now whether there is something to send to a sink.</summary>
    internal sealed record Wake(string Sink);
}
