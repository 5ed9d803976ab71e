using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.ClusterNode;
using TelemetryActors.ClusterNode.Settings;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Node;

public sealed class ClusterEntrySpec
{
    private const string A = "akka.tcp://telemetry@a:4053";
    private const string B = "akka.tcp://telemetry@b:4053";
    private const string C = "akka.tcp://telemetry@c:4053";

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Who_finds_nobody_alive_begins_the_cluster() => Assert.Equal([B], Decide());

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Who_finds_another_alive_asks_the_others_and_never_itself() => Assert.Equal([C, A], Decide(C));

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Its_own_earlier_life_and_other_clusters_are_nobody() => Assert.Equal([B], Decide(B, "akka.tcp://other@c:4053"));

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Only_who_asks_itself_first_begins()
    {
        Assert.True(Entry().Begins);
        Assert.False(Entry(C).Begins);
    }

    private static IEnumerable<string> Decide(params string[] alive) => Entry(alive).ToJoin.Select(node => node.ToString());

    private static ClusterEntry Entry(params string[] alive)
    {
        var entry = new ClusterEntry(new NodeSettings
        {
            HostName = "b",
            Seeds = [SeedAddress.TryParse("a", "telemetry")!, SeedAddress.TryParse("b", "telemetry")!],
        });
        entry.Decide(alive);
        return entry;
    }
}
