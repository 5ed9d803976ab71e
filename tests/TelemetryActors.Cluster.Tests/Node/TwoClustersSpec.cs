using TelemetryActors.ClusterNode.Journal;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Node;

public sealed class TwoClustersSpec
{
    private static readonly string[] All = ["node1", "node2", "node3"];

    [Fact]
    [Trait("Feature", "SK.8")]
    public void The_smaller_cluster_is_left_and_the_larger_is_not()
    {
        Assert.Equal(["node1", "node2"], Later(All, "node3"));
        Assert.Empty(Later(All, "node1", "node2"));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Of_two_equal_ones_that_without_the_lowest_address_is_left()
    {
        Assert.Empty(Later(["node1", "node2"], "node1"));
        Assert.Equal(["node1"], Later(["node1", "node2"], "node2"));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void The_larger_one_stays_although_the_journal_does_not_hear_of_its_members()
    {
        Assert.Empty(Later(["node1", "node9"], "node8", "node9"));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Who_is_about_to_join_or_was_seen_once_is_no_other_cluster()
    {
        var clusters = new TwoClusters();

        Assert.Empty(clusters.Look(["node1", "node3"], ["node3"], ["node3"], TimeSpan.Zero));
        Assert.Empty(clusters.Look(["node1", "node3"], ["node3"], ["node3"], TimeSpan.FromSeconds(24)));
        Assert.Empty(clusters.Look(["node1", "node3"], ["node1", "node3"], ["node3"], TimeSpan.FromSeconds(30)));
        Assert.Empty(clusters.Look(["node1", "node3"], ["node3"], ["node3"], TimeSpan.FromSeconds(50)));
    }

    private static IReadOnlyList<string> Later(string[] alive, params string[] own)
    {
        var clusters = new TwoClusters();
        clusters.Look(alive, own, own, TimeSpan.Zero);
        return clusters.Look(alive, own, own, TimeSpan.FromSeconds(25));
    }
}
