using Akka.Actor;
using Akka.Event;
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

    private const string Ending = "this node is ending";

    private readonly PipelineDefinition _pipeline;
    private readonly EngineEnvironment _environment;
    private readonly IReadOnlyList<SupervisorMemory> _memories;
    private readonly Dictionary<string, KeptChild> _supervisors = [];
    private readonly List<KeptChild> _children = [];
    private readonly Queue<IReadOnlyList<KeptChild>> _stages = [];
    private readonly HashSet<IActorRef> _draining = [];

    // Since draining began.
    private readonly HashSet<IActorRef> _ended = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly KeptChild _buffer;
    private readonly KeptChild _runs;

    public TelemetryGuardian(PipelineDefinition pipeline, EngineEnvironment environment, IReadOnlyList<SupervisorMemory> memories, ThreadLife chores, RunSettings runSettings)
    {
        _pipeline = pipeline;
        _environment = environment;
        _memories = memories;
        foreach (var memory in memories)
        {
            var name = memory.Decisions.Definition.Name;
            _supervisors[name] = Keep($"sink-{name}", () => SinkSupervisorActor.Props(memory, pipeline.Supervision, environment));
        }

        IReadOnlyList<(SinkDefinition, IActorRef)> sinks = [.. pipeline.Sinks.Select(sink => (sink, (IActorRef)_supervisors[sink.Name].Ref))];
        _buffer = Keep("buffer", () => BufferActor.Props(environment, sinks, chores));
        _runs = Keep("runs", () => RunsActor.Props(_buffer.Ref, runSettings, environment));
        Keep("writer-slots", () => WriterSlotsActor.Props(environment.OnHeartbeat, pipeline.Supervision.Heartbeat, chores));
        Receive<Append>(append => _buffer.Ref.Now is not null, append => _buffer.Ref.Forward(append));
        Receive<AppendAbandoned>(end => _buffer.Ref.Now is not null, end => _buffer.Ref.Forward(end));
        Receive<IRunMessage>(message => _runs.Ref.Now is not null, message => _runs.Ref.Forward(message));
        RefuseWhatComes("it is being started anew");
        ReceiveAlways();
        Receive<StopTaking>(_ => Become(Closed));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        PipelineDefinition pipeline, EngineEnvironment environment, IReadOnlyList<SupervisorMemory> memories, ThreadLife chores, RunSettings runSettings) =>
        Akka.Actor.Props.Create(() => new TelemetryGuardian(pipeline, environment, memories, chores, runSettings)).WithDeploy(Deploy.Local);

    // All that its children know is in the ring, in files and in the decisions: each can be started anew at any moment.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(exception => exception is ActorInitializationException ? Directive.Stop : Directive.Restart);

    protected override void PreStart() => _children.ForEach(Begin);

    // Each sink's lock and files, when no sink is busy any more.
    protected override void PostStop()
    {
        foreach (var memory in _memories)
        {
            memory.Dispose();
        }
    }

    private KeptChild Keep(string name, Func<Props> props)
    {
        var child = new KeptChild(name, new StandIn(Context.System, Self, name), props, _pipeline.Supervision);
        _children.Add(child);
        return child;
    }

    private void Begin(KeptChild child) => child.Begin(Context, _environment.Time.GetUtcNow());

    // In all states but the last.
    private void ReceiveAlways()
    {
        Receive<Wake>(wake => _supervisors[wake.Sink].Ref.Tell(new Look()));
        Receive<Drain>(_ => BeginDraining());
        Receive<Terminated>(ended => BeginLater(ended.ActorRef));
        Receive<BeginAgain>(again => BeginAnew(again.Child));
    }

    // It was stopped, by whomever, or could not even be made. Who depends on it speaks to who stands for it, and notices nothing but a pause.
    private void BeginLater(IActorRef ended)
    {
        if (_children.Find(child => ended.Equals(child.Ref.Now)) is { } child)
        {
            var wait = child.Ended(_environment.Time.GetUtcNow());
            _log.Warning("{0} has ended and is started anew in {1}.", ended.Path, wait);
            Timers.StartSingleTimer(child.Name, new BeginAgain(child), wait);
            if (_supervisors.ContainsValue(child) && _buffer.Ref.Now is { } buffer)
            {
                // What the stream has asked of it is lost with it, and would be waited for: the stream is run anew as well.
                Context.Stop(buffer);
            }
        }
    }

    private void BeginAnew(KeptChild child)
    {
        if (child == _buffer && _supervisors.Values.Any(supervisor => supervisor.Ref.Now is null))
        {
            // The stream asks each supervisor as soon as it runs.
            Timers.StartSingleTimer(child.Name, new BeginAgain(child), _pipeline.Supervision.RestartDelay(0));
            return;
        }

        Begin(child);
    }

    // Nothing new comes in at the second door; what the buffer has taken is still answered, and sinks are still woken.
    private void Closed()
    {
        RefuseWhatComes(Ending);
        Receive<IRunMessage>(message => _runs.Ref.Forward(message));
        ReceiveAlways();
    }

    private void RefuseWhatComes(string why)
    {
        Receive<RunBatch>(batch => Sender.Tell(new RunBatchRefused(batch.BatchId, why, TimeSpan.FromSeconds(1))));
        Receive<Append>(append => Sender.Tell(new AppendRefused(append.Id, why)));
        Receive<AppendAbandoned>(end => Sender.Tell(new AppendRefused(end.Id, why)));
    }

    // The runs first, so that what they have under way is answered; then the event log and all of it; then the others: what they do not send now they find in it next time.
    private void BeginDraining()
    {
        foreach (var child in _children.Where(child => child.Ref.Now is null))
        {
            // What it would have sent in a moment goes now.
            Timers.Cancel(child.Name);
            Begin(child);
        }

        // A stream that waits to be run anew does not wait any longer: no sink would hear that it is to send its last batch.
        _buffer.Ref.Tell(new Drain());
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
            _ended.Add(ended.ActorRef);
            _draining.Remove(ended.ActorRef);
            if (ended.ActorRef.Equals(_buffer.Ref.Now))
            {
                // The stream asks the sinks for their last batches: without one, nobody would end. It was ending as the drain began, or somebody has stopped it.
                _buffer.Ended(_environment.Time.GetUtcNow());
                Timers.StartSingleTimer(_buffer.Name, new BeginAgain(_buffer), _pipeline.Supervision.RestartDelay(0));
            }

            DrainNext();
        });
        Receive<BeginAgain>(again => Begin(again.Child));

        // Of a stream that was run anew, to a supervisor that has ended.
        Receive<WhatNext>(_ => { });
        RefuseWhatComes(Ending);
        Receive<IRunMessage>(_ => { });
        Receive<GiveUpRuns>(_ => Context.Stop(_runs.Ref.Now));
        Receive<Wake>(wake => _supervisors[wake.Sink].Ref.Tell(new Look()));
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

            foreach (var actor in stage.Select(child => child.Ref.Now).OfType<IActorRef>().Where(actor => !_ended.Contains(actor)))
            {
                _draining.Add(actor);
                actor.Tell(new Drain());
            }
        }
    }

    /// <summary>Look now whether there is something to send to a sink.</summary>
    internal sealed record Wake(string Sink) : INoSerializationVerificationNeeded;

    private sealed record BeginAgain(KeptChild Child) : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded;

    private sealed record GiveUpRuns : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded;
}
