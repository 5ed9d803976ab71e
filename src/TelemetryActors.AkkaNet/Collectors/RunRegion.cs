using Akka.Actor;
using Akka.Cluster.Sharding;
using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>The shard region of runs on a collector.</summary>
internal static class RunRegion
{
    /// <summary>Starts it; runs that were open when their node died are started anew by it, so that their leases close them.</summary>
    /// <exception cref="InvalidOperationException">The node's telemetry has no engine: whatever was told to its runs would come to nothing.</exception>
    public static IActorRef Start(ActorSystem system, SystemTelemetry telemetry)
    {
        var (sharding, settings, options) = SettingsOf(system, telemetry);
        return sharding.Start(
            RunMessageExtractor.Region,
            RunsOf(telemetry, settings),
            options,
            new RunMessageExtractor(),
            sharding.DefaultShardAllocationStrategy(options),
            StopRun.Instance);
    }

    /// <summary>Starts it once more, when it has handed its runs over and ended.</summary>
    /// <exception cref="InvalidOperationException">The node's telemetry has no engine.</exception>
    public static Task<IActorRef> StartAgainAsync(ActorSystem system, SystemTelemetry telemetry)
    {
        var (sharding, settings, options) = SettingsOf(system, telemetry);
        return sharding.StartAsync(
            RunMessageExtractor.Region,
            RunsOf(telemetry, settings),
            options,
            new RunMessageExtractor(),
            sharding.DefaultShardAllocationStrategy(options),
            StopRun.Instance);
    }

    /// <summary>Starts the way to the runs of other members, as a member has it that hosts none.</summary>
    public static Task<IActorRef> StartProxyAsync(ActorSystem system) =>
        ClusterSharding.Get(system).StartProxyAsync(RunMessageExtractor.Region, CollectorsInSight.CollectorRole, new RunMessageExtractor());

    private static Func<string, Props> RunsOf(SystemTelemetry telemetry, RunSettings settings) =>
        entity => RunActor.Props(entity, telemetry.Guardian, settings, TimeProvider.System).WithDispatcher(EngineSettings.Dispatcher);

    private static (ClusterSharding Sharding, RunSettings Settings, ClusterShardingSettings Options) SettingsOf(ActorSystem system, SystemTelemetry telemetry)
    {
        if (telemetry.Client.Pipeline.Engine is not AkkaEngine engine || telemetry.Guardian.IsNobody())
        {
            throw new InvalidOperationException($"The telemetry of {system.Name} could not start, and a collector without it takes nothing; its failure listener has the cause.");
        }

        var settings = new RunSettings { Lease = telemetry.Client.RunLease, Journal = engine.Runs.Journal, Snapshots = engine.Runs.Snapshots, Trouble = engine.Runs.Trouble };
        return (ClusterSharding.Get(system), settings, CollectorSettings.Sharding(system, settings));
    }
}
