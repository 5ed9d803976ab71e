using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class LastBatchesSpec
{
    private readonly LastBatches _last = new();

    [Fact]
    [Trait("Feature", "SK.5")]
    public void A_sink_that_is_not_to_end_is_in_no_hurry_and_has_no_bound()
    {
        _last.Count();

        Assert.Equal((false, true, false), (_last.AreAsked, _last.MayBegin, _last.AreInHurry));
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public void A_sink_gets_one_batch_more()
    {
        _last.Ask(all: false);
        var before = (_last.AreAsked, _last.MayBegin, _last.AreInHurry);

        _last.Count();

        Assert.Equal((true, true, true), before);
        Assert.Equal((true, false, false), (_last.AreAsked, _last.MayBegin, _last.AreInHurry));
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public void The_event_log_gets_all_there_is_and_ends_all_the_same_while_more_comes()
    {
        _last.Ask(all: true);

        for (var batch = 1; batch < 64; batch++)
        {
            _last.Count();
        }

        var before = (_last.AreAsked, _last.MayBegin, _last.AreInHurry);
        _last.Count();

        Assert.Equal((true, true, true), before);
        Assert.Equal((true, false, false), (_last.AreAsked, _last.MayBegin, _last.AreInHurry));
    }
}
