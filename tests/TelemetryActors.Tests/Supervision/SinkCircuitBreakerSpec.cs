using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Tests.Supervision;

[Trait("Feature", "S1.17")]
[Trait("Feature", "D.2")]
public sealed class SinkCircuitBreakerSpec
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Five_failures_in_a_row_leave_it_closed()
    {
        var circuit = Remote();

        Fail(circuit, times: 5);

        Assert.Equal(CircuitState.Closed, circuit.State);
    }

    [Fact]
    public void Opens_at_the_sixth_failure_in_a_row_for_six_hours()
    {
        var circuit = Remote();

        Fail(circuit, times: 6);

        Assert.Equal(CircuitState.Open, circuit.State);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 18, 0, 0, TimeSpan.Zero), circuit.Record.OpenUntil);
    }

    [Fact]
    public void A_success_sets_the_count_to_zero()
    {
        var circuit = Remote();
        Fail(circuit, times: 5);

        circuit.Succeeded();
        Fail(circuit, times: 5);

        Assert.Equal(CircuitState.Closed, circuit.State);
    }

    [Theory]
    [InlineData(0.0, 360)]
    [InlineData(0.5, 378)]
    [InlineData(1.0, 396)]
    public void Jitter_goes_upward_and_by_a_tenth_at_most(double jitter, int minutes)
    {
        var circuit = Remote();
        Fail(circuit, times: 5);

        circuit.Failed("down", Noon, jitter);

        Assert.Equal(Noon + TimeSpan.FromMinutes(minutes), circuit.Record.OpenUntil);
    }

    [Fact]
    public void Lets_one_probe_through_when_its_time_is_over_and_no_earlier()
    {
        var circuit = Remote();
        Fail(circuit, times: 6);

        Assert.False(circuit.AllowsCall(Noon.AddHours(6).AddTicks(-1)));
        Assert.True(circuit.AllowsCall(Noon.AddHours(6)));
        circuit.BeginProbe();
        Assert.False(circuit.AllowsCall(Noon.AddHours(7)));
    }

    [Fact]
    public void A_probe_that_fails_opens_it_again()
    {
        var circuit = Remote();
        Fail(circuit, times: 6);
        circuit.BeginProbe();

        circuit.Failed("still down", Noon.AddHours(6), jitter: 0);

        Assert.Equal(CircuitState.Open, circuit.State);
        Assert.Equal(Noon.AddHours(12), circuit.Record.OpenUntil);
    }

    [Fact]
    public void A_probe_that_succeeds_closes_it()
    {
        var circuit = Remote();
        Fail(circuit, times: 6);
        circuit.BeginProbe();

        circuit.Succeeded();

        Assert.Equal(CircuitRecord.Closed, circuit.Record);
    }

    [Fact]
    public void What_fails_while_it_is_open_never_pushes_the_end_further_out()
    {
        var circuit = Remote();
        Fail(circuit, times: 6);

        circuit.Failed("late", Noon.AddHours(3), jitter: 1);
        circuit.Misconfigured("late", Noon.AddHours(3), jitter: 1);

        Assert.Equal(Noon.AddHours(6), circuit.Record.OpenUntil);
        Assert.Equal("down", circuit.Record.Cause);
    }

    [Fact]
    public void A_misconfigured_sink_opens_it_at_once_and_names_the_cause()
    {
        var circuit = Remote();

        circuit.Misconfigured("no such bucket", Noon, jitter: 0);

        Assert.Equal(CircuitState.Open, circuit.State);
        Assert.True(circuit.Record.IsMisconfigured);
        Assert.Equal("no such bucket", circuit.Record.Cause);
        Assert.Equal(Noon.AddHours(6), circuit.Record.OpenUntil);
    }

    [Fact]
    public void The_event_logs_open_time_doubles_from_one_second_to_sixty()
    {
        var circuit = new SinkCircuitBreaker(CircuitPolicy.EventLog, CircuitRecord.Closed, Noon);
        Fail(circuit, times: 5);
        List<double> seconds = [];

        for (var opening = 0; opening < 8; opening++)
        {
            circuit.Failed("disk full", Noon, jitter: 0);
            seconds.Add((circuit.Record.OpenUntil!.Value - Noon).TotalSeconds);
            circuit.BeginProbe();
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], seconds);
    }

    [Fact]
    public void A_restart_neither_forgets_nor_prolongs_the_end()
    {
        var before = Remote();
        Fail(before, times: 6);

        var after = new SinkCircuitBreaker(CircuitPolicy.Remote, before.Record, Noon.AddHours(2));

        Assert.False(after.AllowsCall(Noon.AddHours(6).AddTicks(-1)));
        Assert.True(after.AllowsCall(Noon.AddHours(6)));
    }

    [Fact]
    public void A_process_that_died_while_probing_probes_again()
    {
        var before = Remote();
        Fail(before, times: 6);
        before.BeginProbe();

        var after = new SinkCircuitBreaker(CircuitPolicy.Remote, before.Record, Noon.AddHours(6.5));

        Assert.Equal(CircuitState.Open, after.State);
        Assert.True(after.AllowsCall(Noon.AddHours(6.5)));
    }

    [Fact]
    public void A_clock_that_jumped_back_while_the_process_was_down_cannot_hold_it_for_years()
    {
        var kept = new CircuitRecord { State = CircuitState.Open, OpenUntil = Noon.AddYears(5) };

        var circuit = new SinkCircuitBreaker(CircuitPolicy.Remote, kept, Noon);

        Assert.Equal(Noon.AddMinutes(396), circuit.Record.OpenUntil);
    }

    [Fact]
    public void A_clock_that_jumps_back_while_it_runs_cannot_hold_it_for_years()
    {
        var circuit = Remote();
        Fail(circuit, times: 6);

        circuit.Tick(Noon.AddYears(-3));

        Assert.Equal(Noon.AddYears(-3).AddMinutes(396), circuit.Record.OpenUntil);
    }

    [Fact]
    public void An_operator_can_reset_it()
    {
        var circuit = Remote();
        Fail(circuit, times: 6);

        circuit.Reset();

        Assert.Equal(CircuitRecord.Closed, circuit.Record);
    }

    [Fact]
    public void An_operator_can_have_it_probed_now()
    {
        var circuit = Remote();
        Fail(circuit, times: 6);

        circuit.ProbeAt(Noon.AddMinutes(1));

        Assert.Equal(CircuitState.Open, circuit.State);
        Assert.True(circuit.AllowsCall(Noon.AddMinutes(1)));
    }

    [Fact]
    public void A_probe_that_is_told_to_wait_is_no_failure()
    {
        var circuit = Remote();
        Fail(circuit, times: 6);
        circuit.BeginProbe();

        circuit.Deferred(TimeSpan.FromMinutes(2), Noon.AddHours(6));

        Assert.Equal(6, circuit.Record.FailuresInARow);
        Assert.True(circuit.AllowsCall(Noon.AddHours(6).AddMinutes(2)));
    }

    private static SinkCircuitBreaker Remote() => new(CircuitPolicy.Remote, CircuitRecord.Closed, Noon);

    private static void Fail(SinkCircuitBreaker circuit, int times)
    {
        for (var failure = 0; failure < times; failure++)
        {
            circuit.Failed("down", Noon, jitter: 0);
        }
    }
}
