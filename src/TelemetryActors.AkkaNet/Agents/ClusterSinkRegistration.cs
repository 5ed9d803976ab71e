using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>Defines the cluster sink: 1 s or 1000 events, two attempts 5 s apart, nothing discarded.</summary>
internal static class ClusterSinkRegistration
{
    public const string DefaultName = "cluster";

    private const int FlushEvents = 1000;
    private const int MaxBatchBytes = 4 * 1024 * 1024;

    public static TimeSpan FirstOpenTime { get; } = TimeSpan.FromSeconds(10);

    public static SinkDefinition Define(ClusterSinkOptions options, Func<IRunRegion> region) =>
        new(DefaultName, Policy(options), context => new ClusterSink(
            region(), options.AnswerTimeout, options.OpenTime, new AsideLetters(DiskFileSystem.Instance, context.BaseDirectory, context.Name), context.Time));

    // What a collector refuses for good is refused for what is in it: no number of refusals is the cluster's fault, and no newest event goes ahead as a probe,
    // behind which the older ones of its run would be taken for duplicates. A batch is large so that a long backlog goes quickly; a call has time for a shard that moves, twice.
    public static SinkPolicy Policy(ClusterSinkOptions options) => SinkPolicies.Remote with
    {
        FlushEvents = FlushEvents,
        MaxBatchBytes = MaxBatchBytes,
        FlushInterval = options.FlushInterval,
        CallTimeout = options.AnswerTimeout * 4,
        ProbeTimeout = options.AnswerTimeout * 2,
        Circuit = new CircuitPolicy { FirstOpenTime = FirstOpenTime, MaxOpenTime = options.OpenTime },
        DrainPace = TimeSpan.Zero,
        KeepsBoundsFirst = false,
        MaxRejectionsInARow = int.MaxValue,
    };
}
