using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using static TelemetryActors.AkkaNet.BufferProtocol;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>The root of a pipeline's actors: a supervisor for each sink, the buffer, the runs, the writer slots.</summary>
internal sealed class TelemetryGuardian : ReceiveActor, IWithTimers
{
    // Of the time that ending may take, what the runs may take: their journal is somebody else's disk.
    private const int RunsShare = 4;

    private readonly PipelineDefinition _pipeline;
    private readonly EngineEnvironment _environment;
    private readonly IReadOnlyList<SupervisorMemory> _memories;
    private readonly RunSettings _runSettings;
    private readonly Dictionary<string, IActorRef> _supervisors = [];
    private readonly Queue<IReadOnlyList<IActorRef>> _stages = [];
    private readonly HashSet<IActorRef> _draining = [];
    private IActorRef _buffer = ActorRefs.Nobody;
    private IActorRef _runs = ActorRefs.Nobody;

    public TelemetryGuardian(PipelineDefinition pipeline, EngineEnvironment environment, IReadOnlyList<SupervisorMemory> memories, RunSettings runSettings)
    {
        _pipeline = pipeline;
        _environment = environment;
        _memories = memories;
        _runSettings = runSettings;
        Receive<Append>(append => _buffer.Forward(append));
        Receive<AppendAbandoned>(end => _buffer.Forward(end));
        Receive<IRunMessage>(message => _runs.Forward(message));
        Receive<Wake>(wake => _supervisors[wake.Sink].Tell(new Look()));
        Receive<StopTaking>(_ => Become(Closed));
        Receive<Drain>(_ => BeginDraining());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        PipelineDefinition pipeline, EngineEnvironment environment, IEnumerable<SinkSupervisor> decisions, RunSettings runSettings)
    {
        SupervisorMemory[] memories = [.. decisions.Select(each => new SupervisorMemory(each, environment))];
        return Akka.Actor.Props.Create(() => new TelemetryGuardian(pipeline, environment, memories, runSettings));
    }

    // All that its children know is in the ring, in files and in the decisions: each can be started anew at any moment.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(exception => exception is ActorInitializationException ? Directive.Stop : Directive.Restart);

    protected override void PreStart()
    {
        foreach (var memory in _memories)
        {
            var name = memory.Decisions.Definition.Name;
            _supervisors[name] = Context.ActorOf(SinkSupervisorActor.Props(memory, _pipeline.Supervision, _environment), $"sink-{name}");
        }

        _buffer = Context.ActorOf(BufferActor.Props(_environment, [.. _pipeline.Sinks.Select(sink => (sink, _supervisors[sink.Name]))]), "buffer");
        _runs = Context.ActorOf(RunsActor.Props(_buffer, _runSettings, _environment), "runs");
        Context.ActorOf(WriterSlotsActor.Props(_environment.OnHeartbeat, _pipeline.Supervision.Heartbeat), "writer-slots");
    }

    // Nothing new comes in at the second door; what the buffer has taken is still answered, and sinks are still woken.
    private void Closed()
    {
        RefuseWhatComes();
        Receive<IRunMessage>(message => _runs.Forward(message));
        Receive<Wake>(wake => _supervisors[wake.Sink].Tell(new Look()));
        Receive<Drain>(_ => BeginDraining());
    }

    private void RefuseWhatComes()
    {
        Receive<RunBatch>(batch => Sender.Tell(new RunBatchRefused(batch.BatchId, "this node is ending", TimeSpan.FromSeconds(1))));
        Receive<Append>(append => Sender.Tell(new AppendRefused(append.Id, "this node is ending")));
        Receive<AppendAbandoned>(end => Sender.Tell(new AppendRefused(end.Id, "this node is ending")));
    }

    // The runs first, so that what they have under way is answered; then the event log and all of it; then the others: what they do not send now they find in it next time.
    private void BeginDraining()
    {
        _stages.Enqueue([_runs]);
        foreach (var stage in _pipeline.Sinks.GroupBy(sink => sink.IsEventLog).OrderByDescending(stage => stage.Key))
        {
            _stages.Enqueue([.. stage.Select(sink => _supervisors[sink.Name])]);
        }

        Timers.StartSingleTimer(nameof(GiveUpRuns), new GiveUpRuns(), _pipeline.Supervision.ShutdownBudget / RunsShare);
        Become(Draining);
        DrainNext();
    }

    private void Draining()
    {
        Receive<Terminated>(ended =>
        {
            _draining.Remove(ended.ActorRef);
            DrainNext();
        });
        RefuseWhatComes();
        Receive<GiveUpRuns>(_ => Context.Stop(_runs));
        Receive<Wake>(wake => _supervisors[wake.Sink].Tell(new Look()));
    }

    private void DrainNext()
    {
        while (_draining.Count == 0)
        {
            if (!_stages.TryDequeue(out var stage))
            {
                Context.Stop(Self);
                return;
            }

            foreach (var actor in stage)
            {
                _draining.Add(Context.Watch(actor));
                actor.Tell(new Drain());
            }
        }
    }

    /// <summary>Look now whether there is something to send to a sink.</summary>
    internal sealed record Wake(string Sink);

    private sealed record GiveUpRuns : INotInfluenceReceiveTimeout;
}
