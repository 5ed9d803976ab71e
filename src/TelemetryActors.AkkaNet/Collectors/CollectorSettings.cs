using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>What a collector needs of the engine: <c>hocon/collector.conf</c>, and what only its owner can say.</summary>
internal static class CollectorSettings
{
    private const string Section = "telemetryactors.sharding";

    /// <summary>The settings that come with every collector, below what a service sets itself.</summary>
    public static Config Reference { get; } = ConfigurationFactory.FromResource("collector.conf", typeof(CollectorSettings).Assembly);

    /// <summary>How the region of runs is sharded and what it remembers where; a service's own regions are not touched.</summary>
    public static ClusterShardingSettings Sharding(ActorSystem system, RunSettings runs)
    {
        system.Settings.InjectTopLevelFallback(Reference);
        var all = system.Settings.Config;
        var own = all.GetConfig(Section).WithFallback(all.GetConfig("akka.cluster.sharding"));
        return ClusterShardingSettings.Create(own, all.GetConfig(own.GetString("coordinator-singleton")))
            .WithRole(CollectorsInSight.CollectorRole)
            .WithRememberEntities(true)
            .WithJournalPluginId(runs.Journal)
            .WithSnapshotPluginId(runs.Snapshots);
    }

    /// <summary>What is missing so that this member can be a collector, each with its setting.</summary>
    public static IEnumerable<string> Faults(ActorSystem system)
    {
        if (CollectorsInSight.WhyNoMember(system) is { } missing)
        {
            yield return missing;
            yield break;
        }

        var cluster = Cluster.Get(system);
        if (!cluster.SelfRoles.Contains(CollectorsInSight.CollectorRole))
        {
            yield return $"akka.cluster.roles lacks \"{CollectorsInSight.CollectorRole}\": only members with this role host runs";
        }

        if (system.Settings.Config.HasPath($"{RunJournal.JournalPlugin}.{RunJournal.Owner}") && cluster.Settings.SeedNodes.Any(seed => seed != cluster.SelfAddress))
        {
            yield return "telemetryactors.journal and telemetryactors.snapshot-store lack connection-string and provider-name: a run must be able to go on at another "
                + "collector of akka.cluster.seed-nodes, so name a database that all reach";
        }
    }
}
