using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using TelemetryActors.AkkaNet.Agents;

namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>Removes agents that are out of sight from the cluster, on the collector that leads: none hosts anything, so nobody has to be sure that it is dead.</summary>
/// <remarks>
/// The resolver of collectors does not hear of agents (<see cref="CollectorDowning"/>). A part of the cluster with less than half of its collectors removes nobody: it will end itself.
/// An agent that lives comes back as a new member. A member of another role may host something of its owner's: it has as long as a collector.
/// </remarks>
internal sealed class LostAgentsActor : ReceiveActor, IWithTimers
{
    public const string Name = "telemetry-lost-agents";

    private const string StableAfter = "akka.cluster.split-brain-resolver.stable-after";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AgentTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan UsualTime = TimeSpan.FromSeconds(20);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly LostAgents<UniqueAddress> _lost = new();
    private readonly TimeSpan _memberTime = Context.System.Settings.Config.GetTimeSpan(StableAfter, UsualTime);
    private readonly TimeProvider _time;
    private readonly long _began;

    public LostAgentsActor(TimeProvider time)
    {
        _time = time;
        _began = time.GetTimestamp();
        Receive<Look>(_ => OnLook());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(TimeProvider time) => Akka.Actor.Props.Create(() => new LostAgentsActor(time));

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Look), new Look(), Period);

    private void OnLook()
    {
        if (_cluster.IsTerminated)
        {
            return;
        }

        var state = _cluster.State;
        var lost = state.Unreachable
            .Where(member => !member.HasRole(CollectorsInSight.CollectorRole) && member.Status is not (MemberStatus.Down or MemberStatus.Exiting or MemberStatus.Removed))
            .ToDictionary(member => member.UniqueAddress, member => member.HasRole(AgentSystem.Role) ? AgentTime : _memberTime);
        foreach (var member in _lost.Look(lost, MayDecide(state), _time.GetElapsedTime(_began)))
        {
            _log.Info("The agent {0} is out of sight and is removed from the cluster; it comes back as a new member.", member.Address);
            _cluster.Down(member.Address);
        }
    }

    private bool MayDecide(ClusterEvent.CurrentClusterState state)
    {
        var collectors = state.Members.Where(member => member.HasRole(CollectorsInSight.CollectorRole) && member.Status != MemberStatus.Down).ToList();
        var inSight = collectors.Count(member => member.UniqueAddress == _cluster.SelfUniqueAddress || !state.Unreachable.Contains(member));
        return state.RoleLeader(CollectorsInSight.CollectorRole) == _cluster.SelfAddress && inSight * 2 >= collectors.Count;
    }

    private sealed record Look : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded;
}
