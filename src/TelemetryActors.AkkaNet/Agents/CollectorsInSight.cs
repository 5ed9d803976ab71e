using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>What a member of the cluster needs of it to report: a collector that is up and answers, and the proxy to the runs.</summary>
/// <remarks>Asked before anything is told: a proxy without collectors would hoard what it is told.</remarks>
internal static class CollectorsInSight
{
    /// <summary>The role of nodes that host the actors of runs.</summary>
    public const string CollectorRole = "collector";

    /// <summary>What is missing so that a system can be a member of a cluster at all; null when nothing is.</summary>
    public static string? WhyNoMember(ActorSystem system) => ((ExtendedActorSystem)system).Provider is IClusterActorRefProvider
        ? null
        : "its actors are of no cluster; write akka.WithClustering(...), or set akka.actor.provider to cluster";

    public static FoundRegion Find(ActorSystem system)
    {
        var state = Cluster.Get(system).State;
        return state.Members.Any(member => member.Status == MemberStatus.Up && member.HasRole(CollectorRole) && !state.Unreachable.Contains(member))
            ? new FoundRegion(ClusterSharding.Get(system).ShardRegionProxy(RunMessageExtractor.Region))
            : new FoundRegion(null, "no collector is up and in sight");
    }

    /// <summary>Whether the cluster that the system is a member of has collectors, in whatever state.</summary>
    public static bool AreKnown(ActorSystem system) => Cluster.Get(system).State.Members.Any(member => member.HasRole(CollectorRole));

    public static void StartProxy(ActorSystem system) =>
        ClusterSharding.Get(system).StartProxy(RunMessageExtractor.Region, CollectorRole, new RunMessageExtractor());
}
