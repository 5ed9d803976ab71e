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
        Assert.Equal(SinkOutcome.Delivered, Of([Taken, Taken]));

    [Fact]
    public void One_answer_that_is_missing_is_a_failure() =>
        Assert.Equal(new SinkOutcome.Retry("1 of 2 runs were not answered for in time"), Of([Taken, null]));

    [Fact]
    public void A_wait_that_all_refusals_ask_for_is_honoured_and_the_longest_counts()
    {
        var outcome = Of([
            Taken,
            new RunBatchRefused(1, "the ring is full", TimeSpan.FromSeconds(2)),
            new RunBatchRefused(2, "the ring is full", TimeSpan.FromSeconds(3))]);

        Assert.Equal(new SinkOutcome.Retry("the ring is full", TimeSpan.FromSeconds(3)), outcome);
    }

    [Fact]
    public void A_refusal_without_a_wait_counts_as_a_failure_whatever_others_ask_for()
    {
        var outcome = Of([new RunBatchRefused(1, "log open"), new RunBatchRefused(2, "full", TimeSpan.FromSeconds(3))]);

        Assert.Equal(new SinkOutcome.Retry("log open"), outcome);
    }

    [Theory]
    [InlineData(1, 250)]
    [InlineData(3, 1000)]
    [InlineData(10, 5000)]
    [InlineData(5000, 5000)]
    [Trait("Feature", "SK.8")]
    public void A_run_that_is_refused_while_others_are_taken_is_waited_for_and_is_no_failure_of_the_cluster(int attempt, int milliseconds)
    {
        var outcome = Of([Taken, new RunBatchRefused(1, "the event log cannot be written"), new RunBatchRefused(2, "full", TimeSpan.FromMilliseconds(250))], attempt);

        Assert.Equal(new SinkOutcome.Retry("the event log cannot be written", TimeSpan.FromMilliseconds(milliseconds)), outcome);
    }

    [Fact]
    [Trait("Feature", "SK.6")]
    public void Lines_of_runs_that_are_set_aside_become_dead_letters_each_with_its_run_and_cause_and_hold_up_no_other()
    {
        var (answered, silent) = (new EntityLines("run-a"), new EntityLines("run-b"));
        answered.Add("1\n"u8, 0);
        silent.Add("2\n"u8, 1);
        answered.Add("3\n"u8, 2);
        silent.Add("4\n"u8, 3);

        var outcome = ClusterOutcome.Of([(answered, Taken), (silent, null)], new Dictionary<string, string> { ["run-b"] = "it is silent" }, [], attempt: 11);

        var partly = Assert.IsType<SinkOutcome.PartlyDelivered>(outcome);
        Assert.Equal([1, 3], partly.Items.Select(item => item.Index));
        Assert.All(partly.Items, item => Assert.Contains("run-b: it is silent", item.Reason, StringComparison.Ordinal));
        Assert.True(partly.IsProof);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_batch_of_which_nothing_was_told_is_no_proof_of_anything()
    {
        var outcome = ClusterOutcome.Of([(new EntityLines("run-a"), AsideRuns.NotTold.Instance)], new Dictionary<string, string> { ["run-a"] = "log" }, [], attempt: 1);

        Assert.False(Assert.IsType<SinkOutcome.PartlyDelivered>(outcome).IsProof);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void What_is_set_aside_is_waited_for_with_what_is_not()
    {
        var outcome = ClusterOutcome.Of(
            [(new EntityLines("run-a"), new RunBatchRefused(1, "log")), (new EntityLines("run-b"), null)], new Dictionary<string, string> { ["run-a"] = "log" }, [], attempt: 1);

        Assert.Equal(new SinkOutcome.Retry("1 of 2 runs were not answered for in time"), outcome);
    }

    [Fact]
    public void A_run_that_is_refused_for_now_beside_a_silent_one_is_waited_for() =>
        Assert.IsType<SinkOutcome.Retry>(Of([Taken, null, new RunBatchRefused(2, "full", TimeSpan.FromSeconds(1))], attempt: 1000));

    [Fact]
    public void Lines_that_are_refused_for_good_reject_the_batch_when_nothing_else_is_open()
    {
        var final = new RunBatchRefused(1, "the batch is damaged", IsFinal: true);

        Assert.Equal(new SinkOutcome.Rejected("the batch is damaged"), Of([Taken, final]));
        Assert.IsType<SinkOutcome.Retry>(Of([final, null]));
        Assert.IsType<SinkOutcome.Retry>(Of([final, new RunBatchRefused(2, "full", TimeSpan.FromSeconds(1))]));
    }

    private static SinkOutcome Of(IEnumerable<object?> answers, int attempt = 1) =>
        ClusterOutcome.Of([.. answers.Select((answer, index) => (new EntityLines($"run-{index}"), answer))], new Dictionary<string, string>(), [], attempt);
}
