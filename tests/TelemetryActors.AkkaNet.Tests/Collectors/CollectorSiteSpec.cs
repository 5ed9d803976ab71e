using Akka.Actor;
using Akka.Cluster;
using TelemetryActors.AkkaNet.Collectors;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Collectors;

/// <summary>A member on its own, which nothing moves on: it stays in each state that it is brought to.</summary>
public sealed class CollectorSiteSpec : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("telemetry", """
        akka {
          loglevel = OFF, stdout-loglevel = OFF, actor.provider = cluster
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          coordinated-shutdown { run-by-actor-system-terminate = off, run-by-clr-shutdown-hook = off }
          cluster { leader-actions-interval = 1h, unreachable-nodes-reaper-interval = 1h, run-coordinated-shutdown-when-down = off }
        }
        """);

    public void Dispose() => _system.Dispose();

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData(MemberStatus.Leaving)]
    [InlineData(MemberStatus.Down)]
    public async Task A_member_that_leaves_or_is_down_is_ending_before_its_system_is(MemberStatus status)
    {
        var cluster = Cluster.Get(_system);
        Assert.False(CollectorSite.IsEndingIn(_system));
        await cluster.JoinAsync(cluster.SelfAddress).WaitAsync(Eventually.DefaultBound);
        Assert.False(CollectorSite.IsEndingIn(_system));

        if (status == MemberStatus.Down)
        {
            cluster.Down(cluster.SelfAddress);
        }
        else
        {
            cluster.Leave(cluster.SelfAddress);
        }

        Eventually.True(() => cluster.SelfMember.Status == status);
        Assert.True(CollectorSite.IsEndingIn(_system));
        Assert.Null(CoordinatedShutdown.Get(_system).ShutdownReason);
        Assert.False(cluster.IsTerminated);
    }
}
