using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Agents;

public sealed class SeedPatienceSpec
{
    private readonly ManualTime _time = new();
    private readonly SeedPatience _patience;

    public SeedPatienceSpec() => _patience = new SeedPatience(_time);

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_cluster_without_collectors_is_left_at_once()
    {
        Assert.True(_patience.IsOver(isMember: true, areKnown: false));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Collectors_that_are_out_of_sight_have_the_time_that_the_cluster_takes_to_decide()
    {
        Assert.False(_patience.IsOver(isMember: true, areKnown: true));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(_patience.IsOver(isMember: true, areKnown: true));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_patience.IsOver(isMember: true, areKnown: true));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_time_of_day_that_is_set_is_no_waiting_and_no_reason_to_wait_for_ever()
    {
        _patience.IsOver(isMember: true, areKnown: true);

        _time.JumpTo(_time.GetUtcNow().AddHours(1));
        Assert.False(_patience.IsOver(isMember: true, areKnown: true));
        _time.JumpTo(_time.GetUtcNow().AddHours(-5));
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.True(_patience.IsOver(isMember: true, areKnown: true));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void The_time_begins_again_when_one_was_seen()
    {
        _patience.IsOver(isMember: true, areKnown: true);

        _patience.SeesOne();
        _time.Advance(TimeSpan.FromSeconds(40));

        Assert.False(_patience.IsOver(isMember: true, areKnown: true));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Who_is_in_no_cluster_is_asking_the_seeds_already()
    {
        Assert.False(_patience.IsOver(isMember: false, areKnown: false));
        _time.Advance(TimeSpan.FromHours(1));

        Assert.False(_patience.IsOver(isMember: false, areKnown: false));
    }
}
