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
