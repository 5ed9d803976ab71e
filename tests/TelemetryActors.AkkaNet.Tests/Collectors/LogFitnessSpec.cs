using TelemetryActors.AkkaNet.Collectors;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Collectors;

public sealed class LogFitnessSpec
{
    private readonly LogFitness _watch = new();

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_log_that_is_open_for_too_long_is_given_up_with_its_cause()
    {
        Assert.Null(Look(5, CircuitState.Open));
        Assert.Null(Look(14, CircuitState.Probing));
        Assert.Contains("no space", Look(15, CircuitState.Open));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_log_that_was_written_in_between_begins_anew()
    {
        Assert.Null(Look(5, CircuitState.Open));
        Assert.Null(Look(14, CircuitState.Closed));
        Assert.Null(Look(15, CircuitState.Open));
        Assert.Null(Look(24, CircuitState.Open));
        Assert.NotNull(Look(25, CircuitState.Open));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Events_that_wait_while_none_is_written_are_a_disk_that_does_not_answer()
    {
        Assert.Null(Look(0, CircuitState.Closed, delivered: 7, pending: 2));
        Assert.Null(Look(1, CircuitState.Closed, delivered: 7, pending: 2));
        Assert.Null(Look(60, CircuitState.Closed, delivered: 7, pending: 9));
        Assert.Contains("does not answer", Look(61, CircuitState.Closed, delivered: 7, pending: 9));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Neither_an_idle_log_nor_one_that_goes_on_slowly_is_given_up()
    {
        for (var second = 0; second < 300; second += 10)
        {
            Assert.Null(Look(second, CircuitState.Closed, delivered: 7, pending: 0));
        }

        for (var second = 300; second < 600; second += 50)
        {
            Assert.Null(Look(second, CircuitState.Closed, delivered: second, pending: 100));
        }
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_log_is_well_again_when_it_was_written_without_a_fault_for_half_a_minute()
    {
        Look(0, CircuitState.Open);
        Look(20, CircuitState.Closed);
        var tooEarly = _watch.IsWell(TimeSpan.FromSeconds(49));
        Look(50, CircuitState.Closed);

        Assert.False(tooEarly);
        Assert.True(_watch.IsWell(TimeSpan.FromSeconds(50)));
        Look(51, CircuitState.Open);
        Assert.False(_watch.IsWell(TimeSpan.FromSeconds(99)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_disk_that_did_not_answer_for_a_while_is_well_half_a_minute_after_it_did()
    {
        for (var second = 0; second <= 61; second++)
        {
            Look(second, CircuitState.Closed, delivered: 7, pending: 2);
        }

        var whileItHangs = _watch.IsWell(TimeSpan.FromSeconds(61));
        Look(62, CircuitState.Closed, delivered: 9);
        Look(91, CircuitState.Closed, delivered: 9);

        Assert.False(whileItHangs);
        Assert.False(_watch.IsWell(TimeSpan.FromSeconds(91)));
        Assert.True(_watch.IsWell(TimeSpan.FromSeconds(92)));
    }

    private string? Look(int second, CircuitState state, long delivered = 0, long pending = 0) => _watch.Look(
        new SinkStatus
        {
            Name = "jsonl",
            Circuit = new CircuitRecord { State = state, Cause = state == CircuitState.Closed ? null : "no space" },
            IsPaused = false,
            IsElsewhere = false,
            IsBusy = false,
            LastError = null,
            LastErrorAt = null,
            LastDeliveredAt = null,
            Restarts = 0,
            Accounts = [Account(delivered, pending)],
        },
        TimeSpan.FromSeconds(second));

    private static SinkAccount Account(long delivered, long pending) => new()
    {
        Cursor = new Cursor(new StreamId(1), 0, delivered),
        Tail = new Cursor(new StreamId(1), 0, delivered + pending),
        Delivered = delivered,
    };
}
