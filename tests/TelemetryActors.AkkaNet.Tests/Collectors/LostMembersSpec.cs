using Akka.Actor;
using Akka.Cluster;
using TelemetryActors.AkkaNet.Collectors;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Collectors;

/// <summary>A collector in a cluster whose owner has set who downs: nobody here. What is no agent of its is left to that, however little time it would have.</summary>
public sealed class LostMembersSpec : IDisposable
{
    private readonly ActorSystem _collector = Start("collector", "split-brain-resolver.stable-after = 1ms");
    private readonly ActorSystem _member = Start("shop");
    private readonly ActorSystem _agent = Start("agent");

    public void Dispose()
    {
        _agent.Dispose();
        _member.Dispose();
        _collector.Dispose();
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task Who_is_no_agent_is_left_to_the_resolver_that_a_service_has_set()
    {
        var cluster = Cluster.Get(_collector);
        await cluster.JoinAsync(cluster.SelfAddress).WaitAsync(Eventually.DefaultBound);
        await Cluster.Get(_member).JoinAsync(cluster.SelfAddress).WaitAsync(Eventually.DefaultBound);
        await Cluster.Get(_agent).JoinAsync(cluster.SelfAddress).WaitAsync(Eventually.DefaultBound);
        _collector.ActorOf(LostAgentsActor.Props(TimeProvider.System));

        await _member.Terminate().WaitAsync(Eventually.DefaultBound);
        Eventually.True(() => cluster.State.Unreachable.Any(lost => lost.HasRole("shop")));
        await _agent.Terminate().WaitAsync(Eventually.DefaultBound);
        Eventually.True(() => StatusOf("agent") is null or MemberStatus.Down);

        Assert.Equal(MemberStatus.Up, StatusOf("shop"));
    }

    private MemberStatus? StatusOf(string role) => Cluster.Get(_collector).State.Members.FirstOrDefault(member => member.HasRole(role))?.Status;

    // A system that is terminated takes no leave of the cluster, as a process that is killed.
    private static ActorSystem Start(string role, string more = "") => ActorSystem.Create("telemetry", Akka.Configuration.ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = OFF, stdout-loglevel = OFF, actor.provider = cluster
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          coordinated-shutdown { run-by-actor-system-terminate = off, run-by-clr-shutdown-hook = off }
          cluster { roles = [{{role}}], downing-provider-class = "", {{more}} }
        }
        """).WithFallback(CollectorSettings.Reference));
}
