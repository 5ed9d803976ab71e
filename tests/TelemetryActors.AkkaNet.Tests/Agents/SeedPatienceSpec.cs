using TelemetryActors.AkkaNet.Agents;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Agents;

public sealed class SeedPatienceSpec
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_cluster_without_collectors_is_left_at_once()
    {
        Assert.True(new SeedPatience().IsOver(isMember: true, areKnown: false, Noon));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Collectors_that_are_out_of_sight_have_the_time_that_the_cluster_takes_to_decide()
    {
        var patience = new SeedPatience();

        Assert.False(patience.IsOver(isMember: true, areKnown: true, Noon));
        Assert.False(patience.IsOver(isMember: true, areKnown: true, Noon.AddSeconds(29)));
        Assert.True(patience.IsOver(isMember: true, areKnown: true, Noon.AddSeconds(30)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void The_time_begins_again_when_one_was_seen()
    {
        var patience = new SeedPatience();
        patience.IsOver(isMember: true, areKnown: true, Noon);

        patience.SeesOne();

        Assert.False(patience.IsOver(isMember: true, areKnown: true, Noon.AddSeconds(40)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Who_is_in_no_cluster_is_asking_the_seeds_already()
    {
        var patience = new SeedPatience();

        Assert.False(patience.IsOver(isMember: false, areKnown: false, Noon));
        Assert.False(patience.IsOver(isMember: false, areKnown: false, Noon.AddHours(1)));
    }
}
