using Akka.Cluster;
using TelemetryActors.AkkaNet.Agents;

namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>What the split brain resolver of a collector hears of the cluster: its collectors, as if there were no other members.</summary>
internal static class CollectorEvents
{
    /// <summary>An event as the resolver is to have it; null when it is none of its.</summary>
    /// <remarks>Who leads the collectors decides, not who leads the cluster: that may be an agent.</remarks>
    public static object? Heard(object message) => message switch
    {
        ClusterEvent.IMemberEvent { Member: var member } when !member.HasRole(CollectorsInSight.CollectorRole) => null,
        ClusterEvent.ReachabilityEvent { Member: var member } when !member.HasRole(CollectorsInSight.CollectorRole) => null,
        ClusterEvent.LeaderChanged => null,
        ClusterEvent.RoleLeaderChanged { Role: CollectorsInSight.CollectorRole } changed => new ClusterEvent.LeaderChanged(changed.Leader),
        ClusterEvent.RoleLeaderChanged => null,
        _ => message,
    };
}
