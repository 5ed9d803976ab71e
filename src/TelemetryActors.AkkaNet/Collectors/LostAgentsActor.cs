using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using TelemetryActors.AkkaNet.Agents;

namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>Removes agents that are out of sight from the cluster, on the collector that leads: none hosts anything, so nobody has to be sure that it is dead.</summary>
/// <remarks>
/// The resolver of collectors does not hear of agents (<see cref="CollectorDowning"/>). A part of the cluster that will end itself removes nobody.
/// An agent that lives comes back as a new member. A member of another role may host something of its owner's: it has as long as a collector, and where its owner has set another resolver, that one alone decides.
/// </remarks>
internal sealed class LostAgentsActor : ReceiveActor, IWithTimers
{
    public const string Name = "telemetry-lost-agents";

    private const string StableAfter = "akka.cluster.split-brain-resolver.stable-after";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UsualTime = TimeSpan.FromSeconds(20);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly LostAgents<UniqueAddress> _lost = new();
    private readonly TimeSpan _memberTime = Context.System.Settings.Config.GetTimeSpan(StableAfter, UsualTime);
    private readonly TimeProvider _time;
    private readonly bool _isOwnDowning;
    private readonly long _began;

    public LostAgentsActor(TimeProvider time)
    {
        _time = time;
        _isOwnDowning = _cluster.DowningProvider is CollectorDowning;
        _began = time.GetTimestamp();
        Receive<Look>(_ => OnLook());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(TimeProvider time) => Akka.Actor.Props.Create(() => new LostAgentsActor(time)).WithDeploy(Deploy.Local);

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Look), new Look(), Period);

    private void OnLook()
    {
        if (_cluster.IsTerminated)
        {
            return;
        }

        var state = _cluster.State;
        var roles = state.Unreachable
            .Where(member => member.Status is not (MemberStatus.Down or MemberStatus.Exiting or MemberStatus.Removed))
            .ToDictionary(member => member.UniqueAddress, member => member.Roles);
        var lost = roles
            .Select(member => (Member: member.Key, Time: LostAgentsRule.TimeOf(member.Value, _isOwnDowning, _memberTime)))
            .Where(member => member.Time is not null)
            .ToDictionary(member => member.Member, member => member.Time.GetValueOrDefault());
        foreach (var member in _lost.Look(lost, MayDecide(state), _time.GetElapsedTime(_began)))
        {
            Tell(member.Address, roles[member], lost[member]);
            _cluster.Down(member.Address);
        }
    }

    private void Tell(Address member, IReadOnlyCollection<string> roles, TimeSpan time)
    {
        if (roles.Contains(AgentSystem.Role))
        {
            _log.Info("The agent {0} is out of sight and is removed from the cluster. If it lives it joins as a new member.", member);
        }
        else
        {
            _log.Warning(
                "The member {0} with roles [{1}] was out of sight for {2} s and is removed from the cluster. If it lives its membership is over, and its system has to be started anew.",
                member, string.Join(", ", roles), time.TotalSeconds);
        }
    }

    private bool MayDecide(ClusterEvent.CurrentClusterState state)
    {
        // Who counts, and in which order, as in the resolver: both must come to the same end.
        var areInSight = state.Members
            .Where(member => member.HasRole(CollectorsInSight.CollectorRole) && member.Status is MemberStatus.Up or MemberStatus.Leaving)
            .Order()
            .Select(member => member.UniqueAddress == _cluster.SelfUniqueAddress || !state.Unreachable.Contains(member));
        return state.RoleLeader(CollectorsInSight.CollectorRole) == _cluster.SelfAddress && LostAgentsRule.GoesOn([.. areInSight]);
    }

    private sealed record Look : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded;
}
