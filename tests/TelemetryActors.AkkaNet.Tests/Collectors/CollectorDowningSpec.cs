using Akka.Actor;
using Akka.Cluster;
using TelemetryActors.AkkaNet.Collectors;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Collectors;

public sealed class CollectorDowningSpec : IDisposable
{
    private readonly ActorSystem _collector = Start("roles = [collector]");
    private ActorSystem? _agent;

    public void Dispose()
    {
        _agent?.Dispose();
        _collector.Dispose();
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_collectors_resolver_hears_of_collectors_and_of_who_leads_them()
    {
        var (collector, agent) = await MembersAsync();
        var address = collector.Address;

        Assert.Null(CollectorEvents.Heard(new ClusterEvent.MemberUp(agent)));
        Assert.Null(CollectorEvents.Heard(new ClusterEvent.UnreachableMember(agent)));
        Assert.Null(CollectorEvents.Heard(new ClusterEvent.ReachableMember(agent)));
        Assert.Null(CollectorEvents.Heard(new ClusterEvent.LeaderChanged(agent.Address)));
        Assert.Null(CollectorEvents.Heard(new ClusterEvent.RoleLeaderChanged("agent", agent.Address)));
        Assert.Equal(address, Assert.IsType<ClusterEvent.LeaderChanged>(CollectorEvents.Heard(new ClusterEvent.RoleLeaderChanged("collector", address))).Leader);
        object[] own = [new ClusterEvent.MemberUp(collector), new ClusterEvent.UnreachableMember(collector), "a tick"];
        Assert.Equal(own, own.Select(CollectorEvents.Heard));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task The_resolver_has_the_mailbox_that_its_settings_name()
    {
        var cluster = Cluster.Get(_collector);
        await cluster.JoinAsync(cluster.SelfAddress).WaitAsync(Eventually.DefaultBound);

        var resolver = await _collector.ActorSelection("/system/cluster/core/daemon/downingProvider").ResolveOne(Eventually.DefaultBound);

        Assert.IsType<CollectorDowning>(cluster.DowningProvider);
        Assert.Equal(CollectorMailbox.Id, cluster.DowningProvider.DowningActorProps.Mailbox);
        Assert.False(resolver.IsNobody());
    }

    private async Task<(Member Collector, Member Agent)> MembersAsync()
    {
        var cluster = Cluster.Get(_collector);
        await cluster.JoinAsync(cluster.SelfAddress).WaitAsync(Eventually.DefaultBound);
        _agent = Start("roles = [agent]");
        await Cluster.Get(_agent).JoinAsync(cluster.SelfAddress).WaitAsync(Eventually.DefaultBound);
        return (Up(cluster), Up(Cluster.Get(_agent)));
    }

    // Who has joined hears of it before its own view of the cluster does.
    private static Member Up(Cluster cluster)
    {
        Eventually.Equal(MemberStatus.Up, () => cluster.SelfMember.Status);
        return cluster.SelfMember;
    }

    private static ActorSystem Start(string cluster) => ActorSystem.Create("telemetry", Akka.Configuration.ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = OFF, stdout-loglevel = OFF, actor.provider = cluster
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          cluster { {{cluster}} }
        }
        """).WithFallback(CollectorSettings.Reference));
}
