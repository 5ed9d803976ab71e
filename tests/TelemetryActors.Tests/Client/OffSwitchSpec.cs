using TelemetryActors.Configuration;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Trait("Feature", "D.9")]
public sealed class OffSwitchSpec : IDisposable
{
    private readonly ClientRig _rig = new();
    private readonly LoopbackHttpServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _rig.Dispose();
    }

    [Fact]
    [Trait("Feature", "S2.16")]
    public async Task What_waits_when_telemetry_is_switched_off_goes_when_it_is_switched_on_and_not_before()
    {
        using (var first = Start())
        {
            first.Consent.Grant("jane");
            Eventually.True(() => first.Sinks[1].Accounts.Count > 0);
            for (var number = 0; number < 5; number++)
            {
                first.Record("work");
            }

            first.UpdateConfig(config => config.Enabled = false);
            Assert.False(await first.FlushSinksAsync(Eventually.DefaultBound));
            Assert.Equal((null, "enabled is false, by UpdateConfig"), (first.Sinks[0].WhyHeld, first.Sinks[1].WhyHeld));
        }

        _rig.Variables["TelemetryActors__Enabled"] = "false";
        using (var off = Start())
        {
            Eventually.Equal("enabled is false, by the environment", () => off.Sinks[1].WhyHeld);
            Assert.False(await off.FlushSinksAsync(Eventually.DefaultBound, "http"));
        }

        Assert.Equal(5, _rig.Names().Count(name => name == "work"));
        Assert.Empty(_server.Requests);
        _rig.Variables.Clear();
        using var on = Start();

        // A flush that begins before the sink is there waits for it.
        Assert.True(await on.FlushSinksAsync(Eventually.DefaultBound, "http"));
        Assert.True(on.Sinks[1].Delivered >= 5);
        Assert.NotEmpty(_server.Requests);
    }

    [Fact]
    [Trait("Feature", "S2.16")]
    public void A_client_that_runs_follows_the_switch_in_config_json()
    {
        const string InFile = "enabled is false, by config.json";
        using var client = Start();
        Assert.True(client.Record("before").IsAccepted);

        File.WriteAllText(_rig.ConfigFile, """{"enabled":false}""");
        Eventually.Equal(InFile, () => client.Sinks[1].WhyHeld);
        Assert.False(client.Record("off").IsAccepted);
        Assert.Equal(["Enabled is false by File, and that wins"], client.UpdateConfig(change => change.Enabled = true));
        Assert.Equal(SettingOrigin.File, client.GetConfig()["enabled"].Origin);

        // Half written: what was known stays.
        File.WriteAllText(_rig.ConfigFile, """{"enabled":fa""");
        File.WriteAllText(_rig.ConfigFile, """{"enabled":true}""");
        Eventually.Equal(null, () => client.Sinks[1].WhyHeld);
        Assert.True(client.Record("on").IsAccepted);

        Assert.Empty(client.UpdateConfig(change => change.Enabled = false));
        File.WriteAllText(_rig.ConfigFile, """{"enabled":false,"samplingRate":0.5}""");
        Eventually.True(() => IsRefused(client.UpdateConfig(change => change.Enabled = true)), between: () => client.UpdateConfig(change => change.Enabled = false));
        File.Delete(_rig.ConfigFile);
        Eventually.True(() => !IsRefused(client.UpdateConfig(change => change.Enabled = true)));
        Assert.Null(client.Sinks[1].WhyHeld);
        client.Dispose();
        Assert.Equal(["before", "on"], _rig.Names().Where(name => name is "before" or "off" or "on"));

        static bool IsRefused(IReadOnlyList<string> faults) => faults.Count > 0;
    }

    [Fact]
    [Trait("Feature", "S2.16")]
    public void What_a_program_switches_on_that_is_off_in_its_code_stays_on_whatever_else_changes_in_config_json()
    {
        File.WriteAllText(_rig.ConfigFile, """{"agent":"a"}""");
        using var client = _rig.Start(options => options.Enabled = false);
        Assert.Empty(client.UpdateConfig(change => change.Enabled = true));

        client.Pipeline.FollowSettings();
        File.WriteAllText(_rig.ConfigFile, """{"agent":"b"}""");
        client.Pipeline.FollowSettings();

        Assert.True(client.Record("on").IsAccepted);
    }

    [Fact]
    public void A_client_that_is_off_makes_nothing_of_a_sink_in_an_empty_directory()
    {
        _rig.Variables["TelemetryActors__Enabled"] = "false";
        using (var off = _rig.Start(options => options.AddDelegate("mine", (_, _) => throw new InvalidOperationException("called"))))
        {
            Eventually.Equal(2, () => off.Sinks.Count);
            off.Record("unheard");
        }

        Assert.Empty(Directory.EnumerateFiles(_rig.BaseDirectory, "*mine*", SearchOption.AllDirectories));
    }

    private TelemetryClient Start() => _rig.Start(options =>
    {
        options.TrackSessions = false;
        options.AddHttp(_server.Address, http => http.FlushInterval = TimeSpan.FromHours(1));
    });
}
