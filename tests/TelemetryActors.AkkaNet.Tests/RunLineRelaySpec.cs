using Akka.TestKit;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.TestKit;
using Xunit;
using RunText = TelemetryActors.AkkaNet.Tests.Runs.RunLines;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class RunLineRelaySpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = Eventually.DefaultBound;

    private readonly TestProbe _runs;

    public RunLineRelaySpec()
        : base(SpecSettings.Quiet) => _runs = CreateTestProbe();

    [Fact]
    [Trait("Feature", "SK.3")]
    public void Lines_of_before_the_actors_are_told_when_they_are_there()
    {
        var relay = new RunLineRelay();
        Start(relay, "a");

        relay.Open(_runs);

        Assert.Equal("a", _runs.ExpectMsg<RunLine>(Soon).EntityId);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_line_is_kept_until_it_was_heard_and_those_before_it_with_it()
    {
        var relay = new RunLineRelay();
        relay.Open(_runs);
        Start(relay, "a");
        End(relay, "a");
        var (start, end) = (_runs.ExpectMsg<RunLine>(Soon), _runs.ExpectMsg<RunLine>(Soon));
        Assert.Equal([start, end], relay.UnheardOf("a"));

        relay.Heard(end);

        Assert.Empty(relay.UnheardOf("a"));
        Assert.False(relay.Awaits(start));
        Assert.Empty(relay.ToldRuns());
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_bounded_number_of_runs_is_under_way_and_the_next_comes_when_one_was_heard()
    {
        var relay = new RunLineRelay(mostRuns: 1);
        relay.Open(_runs);
        Start(relay, "a");
        Start(relay, "b");
        End(relay, "b");
        Assert.Equal(["a"], relay.ToldRuns());

        relay.Heard(_runs.ExpectMsg<RunLine>(Soon));

        Assert.Equal(["b", "b"], [_runs.ExpectMsg<RunLine>(Soon).EntityId, _runs.ExpectMsg<RunLine>(Soon).EntityId]);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void Beyond_its_bytes_runs_that_begin_are_left_out_and_ends_of_known_ones_are_not()
    {
        var relay = new RunLineRelay(mostRuns: 1, mostBytes: 1);
        relay.Open(_runs);
        Start(relay, "a");

        Start(relay, "b");
        End(relay, "a");

        Assert.Empty(relay.UnheardOf("b"));
        Assert.Equal(2, relay.UnheardOf("a").Count);
        Assert.Equal((1, 0), (relay.TakeLeftOut(), relay.TakeLeftOut()));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void The_end_of_a_run_that_the_journal_has_begun_is_never_left_out()
    {
        var relay = new RunLineRelay(mostRuns: 1, mostBytes: 1);
        relay.Open(_runs);
        Start(relay, "a");
        relay.Heard(_runs.ExpectMsg<RunLine>(Soon));
        Start(relay, "b");

        End(relay, "a");
        End(relay, "c");

        Assert.Single(relay.UnheardOf("a"));
        Assert.Empty(relay.UnheardOf("c"));
        Assert.Equal(1, relay.TakeLeftOut());
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_run_whose_end_was_heard_is_forgotten()
    {
        var relay = new RunLineRelay(mostRuns: 1, mostBytes: 1);
        relay.Open(_runs);
        Start(relay, "a");
        relay.Heard(_runs.ExpectMsg<RunLine>(Soon));
        End(relay, "a");
        relay.Heard(_runs.ExpectMsg<RunLine>(Soon));
        Start(relay, "b");

        End(relay, "a");

        Assert.Empty(relay.UnheardOf("a"));
    }

    private static void Start(RunLineRelay relay, string run) => relay.Tell(run, System.Text.Encoding.UTF8.GetBytes(RunText.Start(1, run)));

    private static void End(RunLineRelay relay, string run) => relay.Tell(run, System.Text.Encoding.UTF8.GetBytes(RunText.End(2, run: run)));
}
