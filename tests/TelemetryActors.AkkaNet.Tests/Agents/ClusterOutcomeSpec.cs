using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Delivery;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Agents;

public sealed class ClusterOutcomeSpec
{
    private static readonly RunBatchTaken Taken = new(1, 5, 0);

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_batch_is_delivered_when_every_run_was_answered_for() =>
        Assert.Equal(SinkOutcome.Delivered, ClusterOutcome.Of([Taken, Taken]));

    [Fact]
    public void One_answer_that_is_missing_is_a_failure() =>
        Assert.Equal(new SinkOutcome.Retry("1 of 2 runs were not answered for in time"), ClusterOutcome.Of([Taken, null]));

    [Fact]
    public void A_wait_that_all_refusals_ask_for_is_honoured_and_the_longest_counts()
    {
        var outcome = ClusterOutcome.Of([
            Taken,
            new RunBatchRefused(1, "the ring is full", TimeSpan.FromSeconds(2)),
            new RunBatchRefused(2, "the ring is full", TimeSpan.FromSeconds(3))]);

        Assert.Equal(new SinkOutcome.Retry("the ring is full", TimeSpan.FromSeconds(3)), outcome);
    }

    [Fact]
    public void A_refusal_without_a_wait_counts_as_a_failure_whatever_others_ask_for()
    {
        var outcome = ClusterOutcome.Of([new RunBatchRefused(1, "log open"), new RunBatchRefused(2, "full", TimeSpan.FromSeconds(3))]);

        Assert.Equal(new SinkOutcome.Retry("log open"), outcome);
    }

    [Fact]
    public void Lines_that_are_refused_for_good_reject_the_batch_when_nothing_else_is_open()
    {
        var final = new RunBatchRefused(1, "the batch is damaged", IsFinal: true);

        Assert.Equal(new SinkOutcome.Rejected("the batch is damaged"), ClusterOutcome.Of([Taken, final]));
        Assert.IsType<SinkOutcome.Retry>(ClusterOutcome.Of([final, null]));
        Assert.IsType<SinkOutcome.Retry>(ClusterOutcome.Of([final, new RunBatchRefused(2, "full", TimeSpan.FromSeconds(1))]));
    }
}
