using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.AkkaNet.Runs;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Agents;

public sealed class AsideRunsSpec
{
    private static readonly RunBatchTaken Taken = new(1, 5, 0);
    private static readonly RunBatchRefused Refused = new(1, "the event log cannot be written");

    private readonly AsideRuns _runs = new();

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_run_that_is_refused_while_others_are_taken_is_waited_for_and_then_set_aside()
    {
        _runs.Begin(At(100));

        Assert.Empty(Decide(At(129), ("a", Taken), ("b", Refused)));
        Assert.Equal("the event log cannot be written", Assert.Single(Decide(At(130), ("a", Taken), ("b", Refused))).Value);
        Assert.True(_runs.IsAside("b", At(131)));
        Assert.False(_runs.IsAside("a", At(131)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void What_is_known_of_a_node_that_refuses_costs_no_second_wait()
    {
        _runs.Begin(At(0));
        Decide(At(30), ("a", Taken), ("b", Refused));
        _runs.Begin(At(31));

        Assert.Equal(["c"], Decide(At(31), ("a", Taken), ("c", Refused)).Keys);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_run_that_was_taken_again_is_told_again_and_waited_for_again()
    {
        _runs.Begin(At(0));
        Decide(At(30), ("a", Taken), ("b", Refused));
        Decide(At(90), ("b", Taken));
        _runs.Begin(At(91));

        Assert.False(_runs.IsAside("b", At(91)));
        Assert.Empty(Decide(At(91), ("a", Taken), ("b", Refused)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_cluster_that_takes_nothing_makes_agents_wait_in_order_and_nothing_is_set_aside()
    {
        _runs.Begin(At(0));

        Assert.Empty(Decide(At(100_000), ("a", Refused), ("b", Refused)));
        Assert.Empty(Decide(At(200_000), ("a", null), ("b", null)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_batch_of_refused_runs_alone_is_set_aside_while_the_cluster_is_known_to_take()
    {
        _runs.Begin(At(0));
        Decide(At(1), ("a", Taken));
        _runs.Begin(At(2));

        Assert.Empty(Decide(At(121), ("b", Refused)));
        Assert.Equal(["b"], Decide(At(122), ("b", Refused)).Keys);
        _runs.Begin(At(500));
        Assert.Empty(Decide(At(602), ("c", Refused)));
        Assert.False(_runs.IsAside("b", At(602)));
    }

    [Fact]
    [Trait("Feature", "SK.6")]
    public void A_run_whose_actor_alone_is_silent_attempt_after_attempt_is_set_aside()
    {
        _runs.Begin(At(0));

        Assert.Empty(_runs.Decide(Answers(("a", Taken), ("b", null)), AsideRuns.MaxSilentAttempts, isAgain: false, hasRoom: true, At(1)));
        Assert.Equal(["b"], _runs.Decide(Answers(("a", Taken), ("b", null)), AsideRuns.MaxSilentAttempts + 1, isAgain: false, hasRoom: true, At(2)).Keys);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void What_was_set_aside_before_waits_for_nothing_and_what_is_refused_for_good_is_never_set_aside()
    {
        var again = _runs.Decide(
            Answers(("a", Refused), ("b", null), ("c", new RunBatchRefused(1, "damaged", IsFinal: true))), attempt: 1, isAgain: true, hasRoom: false, At(0));

        Assert.Equal(["a", "b"], again.Keys);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Without_room_nothing_more_is_set_aside()
    {
        _runs.Begin(At(0));

        Assert.Empty(_runs.Decide(Answers(("a", Taken), ("b", Refused)), attempt: 99, isAgain: false, hasRoom: false, At(1000)));
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);

    private IReadOnlyDictionary<string, string> Decide(TimeSpan now, params (string Run, object? Answer)[] answers) =>
        _runs.Decide(Answers(answers), attempt: 1, isAgain: false, hasRoom: true, now);

    private static List<(EntityLines Lines, object? Answer)> Answers(params (string Run, object? Answer)[] answers) =>
        [.. answers.Select(answer => (new EntityLines(answer.Run), answer.Answer))];
}
