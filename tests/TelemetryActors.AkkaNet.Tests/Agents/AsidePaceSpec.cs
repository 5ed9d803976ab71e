using TelemetryActors.AkkaNet.Agents;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Agents;

public sealed class AsidePaceSpec
{
    private readonly AsidePace _pace = new(TimeSpan.FromMinutes(10));

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Tries_come_later_and_later_up_to_the_longest()
    {
        List<double> waits = [];
        var last = TimeSpan.Zero;
        for (var second = 0; second <= 3600; second += 60)
        {
            var now = TimeSpan.FromSeconds(second);
            if (_pace.IsDue(now))
            {
                waits.Add((now - last).TotalMinutes);
                last = now;
                _pace.Tried(now);
            }
        }

        Assert.Equal([1, 2, 4, 8, 10, 10, 10, 10], waits);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Where_none_are_nothing_is_tried_until_some_are_set_aside()
    {
        _pace.FoundNone();
        Assert.False(_pace.IsDue(TimeSpan.FromHours(5)));

        _pace.SetAside(TimeSpan.FromHours(5));

        Assert.False(_pace.IsDue(TimeSpan.FromHours(5) + (AsidePace.First / 2)));
        Assert.True(_pace.IsDue(TimeSpan.FromHours(5) + AsidePace.First));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void When_some_were_taken_the_waits_begin_anew()
    {
        _pace.Tried(TimeSpan.Zero);
        _pace.WereTaken(TimeSpan.Zero);
        _pace.Tried(TimeSpan.FromMinutes(60));

        Assert.False(_pace.IsDue(TimeSpan.FromMinutes(61)));
        Assert.True(_pace.IsDue(TimeSpan.FromMinutes(62)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void When_some_were_taken_the_wait_that_already_runs_is_no_longer_than_the_first()
    {
        var tried = TimeSpan.FromMinutes(20);
        _pace.Tried(TimeSpan.Zero);
        _pace.Tried(tried);
        var taken = tried + TimeSpan.FromSeconds(5);

        _pace.WereTaken(taken);

        Assert.False(_pace.IsDue(taken + AsidePace.First - TimeSpan.FromTicks(1)));
        Assert.True(_pace.IsDue(taken + AsidePace.First));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_wait_that_is_nearly_over_is_not_made_longer_and_none_is_begun()
    {
        _pace.WereTaken(AsidePace.First - TimeSpan.FromSeconds(1));
        Assert.True(_pace.IsDue(AsidePace.First));
        _pace.FoundNone();

        _pace.WereTaken(TimeSpan.FromMinutes(5));

        Assert.False(_pace.IsDue(TimeSpan.FromHours(5)));
    }
}
