using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Sampling;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Trait("Feature", "S2.16")]
public sealed class UpdateConfigSpec : IDisposable
{
    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Switches_off_and_on_again()
    {
        using var telemetry = _rig.Start();

        telemetry.UpdateConfig(config => config.Enabled = false);
        var off = telemetry.Record("unheard");
        telemetry.UpdateConfig(config => config.Enabled = true);
        var on = telemetry.Record("heard");

        Assert.Equal((DropReason.Disabled, DropReason.None), (off.Reason, on.Reason));
    }

    [Fact]
    public void Takes_a_new_sampling_at_once()
    {
        using var telemetry = _rig.Start();

        var faults = telemetry.UpdateConfig(config =>
        {
            config.Sampling = SamplingMode.Probabilistic;
            config.SamplingRate = 0;
        });

        Assert.Empty(faults);
        Assert.Equal(DropReason.Sampled, telemetry.Record("work").Reason);
        Assert.Equal(("probabilistic", SettingOrigin.RunTime), (telemetry.GetConfig()["sampling"].Value, telemetry.GetConfig()["sampling"].Origin));
    }

    [Fact]
    public void A_throttle_that_nobody_changed_keeps_its_windows()
    {
        using var telemetry = _rig.Start(options => options.Sampling = new SamplingOptions { Mode = SamplingMode.Throttled, MaxEventsPerWindow = 1 });
        telemetry.Record("work");

        telemetry.UpdateConfig(config => config.MaxBufferSize = 25);
        var second = telemetry.Record("work");
        telemetry.UpdateConfig(config => config.MaxEventsPerWindow = 2);
        var third = telemetry.Record("work");

        Assert.Equal((DropReason.Sampled, DropReason.None), (second.Reason, third.Reason));
    }

    [Fact]
    public void Changes_all_or_nothing()
    {
        using var telemetry = _rig.Start();

        var faults = telemetry.UpdateConfig(config =>
        {
            config.Enabled = false;
            config.SamplingRate = 2;
            config.MaxBufferSize = 0;
        });

        Assert.Equal(2, faults.Count);
        Assert.True(telemetry.Record("work").IsAccepted);
        Assert.Equal(("true", "1", "50"), (telemetry.GetConfig()["enabled"].Value, telemetry.GetConfig()["samplingRate"].Value, telemetry.GetConfig()["maxBufferSize"].Value));
    }

    [Fact]
    [Trait("Feature", "S4.7")]
    public void An_interval_without_an_end_is_refused()
    {
        using var telemetry = _rig.Start();

        var faults = telemetry.UpdateConfig(config => config.FlushInterval = TimeSpan.MaxValue);

        Assert.StartsWith("Sinks:Http:FlushInterval must be from 0 to ", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void Cannot_switch_on_what_was_switched_off_outside()
    {
        _rig.Variables["TelemetryActors__Enabled"] = "false";
        using var telemetry = _rig.Start();

        var faults = telemetry.UpdateConfig(config => config.Enabled = true);

        Assert.Equal("Enabled is false by Environment, and that wins", Assert.Single(faults));
        Assert.Equal(DropReason.Disabled, telemetry.Record("work").Reason);
    }

    [Fact]
    [Trait("Feature", "S2.19")]
    public void Waiting_events_are_uploaded_when_the_buffer_becomes_smaller()
    {
        using var server = new LoopbackHttpServer();
        using var telemetry = _rig.Start(options => options.AddHttp(server.Address, http => http.FlushInterval = TimeSpan.FromHours(1)));
        telemetry.Consent.Grant("jane");
        Eventually.True(() => IsLookedAt(telemetry));
        for (var number = 0; number < 25; number++)
        {
            telemetry.Record("work");
        }

        Eventually.Equal(25, () => telemetry.Sinks[1].Pending);
        var before = server.Requests.Count;
        telemetry.UpdateConfig(config => config.MaxBufferSize = 25);

        Eventually.Equal(25, () => telemetry.Sinks[1].Delivered);
        Assert.Equal((0, 1), (before, server.Requests.Count));
    }

    [Fact]
    [Trait("Feature", "S2.19")]
    public void Waiting_events_are_uploaded_when_the_interval_becomes_shorter()
    {
        using var server = new LoopbackHttpServer();
        using var telemetry = _rig.Start(options => options.AddHttp(server.Address, http => http.FlushInterval = TimeSpan.FromHours(1)));
        telemetry.Consent.Grant("jane");
        Eventually.True(() => IsLookedAt(telemetry));
        telemetry.Record("work");
        Eventually.Equal(1, () => telemetry.Sinks[1].Pending);

        telemetry.UpdateConfig(config => config.FlushInterval = TimeSpan.FromMilliseconds(10));

        Eventually.Equal(1, () => telemetry.Sinks[1].Delivered);
    }

    [Fact]
    public void A_policy_with_larger_batches_takes_them_whole()
    {
        var policy = SinkPolicies.Upload.WithBatching(250, TimeSpan.FromSeconds(15));

        Assert.Equal((250, 250, TimeSpan.FromSeconds(15)), (policy.FlushEvents, policy.MaxBatchEvents, policy.FlushInterval));
        Assert.Empty(SinkPolicyFaults.Of(policy, "Sinks:Http"));
    }

    private static bool IsLookedAt(TelemetryClient telemetry) => telemetry.Sinks[1].Accounts.Count > 0;
}
