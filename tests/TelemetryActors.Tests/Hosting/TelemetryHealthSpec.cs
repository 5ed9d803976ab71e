using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TelemetryActors.Delivery;
using TelemetryActors.Hosting;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Hosting;

[Trait("Feature", "SK.9")]
[Collection(nameof(HostedTelemetrySpec))]
public sealed class TelemetryHealthSpec : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly CircuitRecord Open = new() { State = CircuitState.Open, Cause = "HTTP 500", OpenUntil = Noon };

    private readonly HostRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Is_healthy_while_every_sink_takes_events()
    {
        var health = TelemetryHealth.Of([Sink("jsonl"), Sink("http")]);

        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Empty(health.Data);
    }

    [Fact]
    public void Is_unhealthy_while_nothing_runs() => Assert.Equal(HealthStatus.Unhealthy, TelemetryHealth.Of([]).Status);

    [Fact]
    public void Is_degraded_while_a_circuit_is_open_and_says_which_why_and_until_when()
    {
        var health = TelemetryHealth.Of([Sink("jsonl"), Sink("http", Open)]);

        Assert.Equal((HealthStatus.Degraded, "http is open: HTTP 500"), (health.Status, health.Description));
        Assert.Equal(("open", "HTTP 500", Noon), (health.Data["http.state"], health.Data["http.cause"], health.Data["http.open_until"]));
    }

    [Fact]
    public void An_upload_that_nobody_has_consented_to_is_no_fault_of_the_host() =>
        Assert.Equal(HealthStatus.Healthy, TelemetryHealth.Of([Sink("jsonl"), Sink("http", Open with { IsMisconfigured = true, Cause = "no consent" })]).Status);

    [Fact]
    public void Is_degraded_while_a_sink_cannot_say_what_it_has()
    {
        var health = TelemetryHealth.Of([Sink("jsonl"), Sink("sqlite") with { LoadFault = "IOException: locked" }]);

        Assert.Equal((HealthStatus.Degraded, "sqlite is broken: IOException: locked"), (health.Status, health.Description));
        Assert.Equal(("broken", "IOException: locked"), (health.Data["sqlite.state"], health.Data["sqlite.cause"]));
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void Telemetry_that_is_switched_off_is_no_fault_of_the_host() =>
        Assert.Equal(HealthStatus.Healthy, TelemetryHealth.Of([Sink("jsonl"), Sink("http", Open) with { WhyHeld = "enabled is false, by the environment" }]).Status);

    [Fact]
    public void Is_unhealthy_while_the_event_log_stands_still_though_its_circuit_is_closed()
    {
        var health = TelemetryHealth.Of([Sink("jsonl"), Sink("http", Open)], "The event log has not moved for 31 s");

        Assert.Equal((HealthStatus.Unhealthy, "The event log has not moved for 31 s; http is open: HTTP 500"), (health.Status, health.Description));
    }

    [Fact]
    public void Tells_open_from_misconfigured_probing_and_paused()
    {
        var health = TelemetryHealth.Of(
        [
            Sink("jsonl"), Sink("a", Open with { IsMisconfigured = true }), Sink("b", Open with { State = CircuitState.Probing }), Sink("c", isPaused: true),
        ]);

        Assert.Equal(("misconfigured", "probing", "paused"), (health.Data["a.state"], health.Data["b.state"], health.Data["c.state"]));
    }

    [Fact]
    public void Is_degraded_while_a_call_hangs_and_says_since_when()
    {
        var hanging = Sink("http") with { Call = new CallUnderWay(Noon, TimeSpan.FromSeconds(30), IsGivenUp: true) };

        var health = TelemetryHealth.Of([Sink("jsonl"), hanging, Sink("slow") with { Call = hanging.Call with { IsGivenUp = false } }]);

        Assert.Equal((HealthStatus.Degraded, "http is hanging; its call hangs since 2026-03-01T12:00:00Z"), (health.Status, health.Description));
        Assert.Equal(("hanging", Noon), (health.Data["http.state"], health.Data["http.hangs_since"]));
        Assert.Equal(HealthStatus.Unhealthy, TelemetryHealth.Of([hanging]).Status);
    }

    [Fact]
    public void Is_unhealthy_while_the_event_log_takes_nothing()
    {
        var health = TelemetryHealth.Of([Sink("jsonl", Open with { Cause = "disk full" }), Sink("http")]);

        Assert.Equal((HealthStatus.Unhealthy, "jsonl is open: disk full"), (health.Status, health.Description));
    }

    [Fact]
    public async Task A_hosts_health_checks_see_the_supervisors()
    {
        using var host = _rig.Build(
            options => options.AddDelegate("mine", (_, _) => ValueTask.CompletedTask),
            services => services.AddLogging().AddHealthChecks().AddTelemetryActors());
        await host.StartAsync();
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        var before = await checks.CheckHealthAsync();

        host.Services.GetTelemetry().Command("mine", SinkCommandKind.Pause, "spec");
        Eventually.True(() => host.Services.GetTelemetry().Sinks[1].IsPaused);
        var after = await checks.CheckHealthAsync();
        await host.StopAsync();

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Degraded), (before.Status, after.Status));
        Assert.Equal("paused", after.Entries["telemetry"].Data["mine.state"]);
    }

    private static SinkStatus Sink(string name, CircuitRecord? circuit = null, bool isPaused = false) => new()
    {
        Name = name,
        Circuit = circuit ?? CircuitRecord.Closed,
        IsPaused = isPaused,
        IsElsewhere = false,
        IsBusy = false,
        LastError = null,
        LastErrorAt = null,
        LastDeliveredAt = null,
        Restarts = 0,
        Accounts = [],
    };
}
