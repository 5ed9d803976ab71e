using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;

namespace TelemetryActors.AkkaNet;

/// <summary>The stream of a pipeline: head positions, broadcast to a branch for each sink, where they conflate until the sink has settled its batch.</summary>
internal static class EventGraph
{
    /// <summary>What the graph is run with: between its islands stands one head, so that further ones conflate.</summary>
    /// <remarks>A setting of the whole graph: an island of several stages does not heed the same attribute.</remarks>
    /// <param name="system">Whose settings of streams it has otherwise.</param>
    /// <param name="dispatcher">Whose threads it runs on.</param>
    public static ActorMaterializerSettings Settings(ActorSystem system, string dispatcher) =>
        ActorMaterializerSettings.Create(system).WithInputBuffer(1, 1).WithDispatcher(dispatcher);

    /// <summary>The whole graph; it ends only by its kill switch, or by a fault that ends all of it.</summary>
    public static IRunnableGraph<(UniqueKillSwitch KillSwitch, Task<Done> Ended)> Create(
        EngineEnvironment environment, IReadOnlyList<(SinkDefinition Definition, IActorRef Supervisor)> sinks, ThreadLife life) =>
        Source.FromGraph(new HeadSource(() => environment.Sources()[0].Tail, environment.Signal))
            .ViaMaterialized(KillSwitches.Single<long>(), Keep.Right)
            .WatchTermination(Keep.Both)
            .To(Fan([.. sinks.Select(sink => Branch(sink.Definition, new SinkSources(sink.Definition, environment), sink.Supervisor, life))]));

    /// <summary>One sink's branch, from head positions to the supervisor that settles batches.</summary>
    public static Sink<long, NotUsed> Branch(SinkDefinition definition, SinkSources sources, IActorRef supervisor, ThreadLife life) =>
        Flow.Create<long>()
            .Conflate((older, newer) => Math.Max(older, newer))
            .To(Reading(definition, sources, supervisor, life));

    // An island of its own, beside the head's.
    private static Sink<long, NotUsed> Reading(SinkDefinition definition, SinkSources sources, IActorRef supervisor, ThreadLife life) =>
        Sink.FromGraph(new CursorStage(definition, sources, supervisor, life)).WithAttributes(Attributes.CreateAsyncBoundary());

    private static Sink<long, NotUsed> Fan(IReadOnlyList<Sink<long, NotUsed>> branches) => Sink.FromGraph(GraphDsl.Create(builder =>
    {
        // A branch that ends ends all of them: the graph is then run anew, and every cursor is where it was.
        var broadcast = builder.Add(new Broadcast<long>(branches.Count, eagerCancel: true));
        for (var index = 0; index < branches.Count; index++)
        {
            builder.From(broadcast.Out(index)).To(builder.Add(branches[index]));
        }

        return new SinkShape<long>(broadcast.In);
    }));
}
