using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Sampling;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.Tests.Client;

public sealed class OwnEventsSpec : IDisposable
{
    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    [Trait("Feature", "SK.9")]
    public async Task A_sinks_transitions_are_events_that_no_sampler_leaves_out()
    {
        var sink = new FailingSink(new SinkOutcome.Misconfigured("no such bucket"));
        await using (var client = _rig.Start(options =>
        {
            options.Sampling = new SamplingOptions { Mode = SamplingMode.Throttled, MaxEventsPerWindow = 1 };
            options.AddSink(new SinkDefinition("bucket", SinkPolicies.EventLog, _ => sink));
        }))
        {
            for (var count = 0; count < 10; count++)
            {
                client.Record("step", ("n", count));
            }

            // The listener hears of it when its event is in the ring.
            Eventually.True(() => HasHeard("no such bucket"));
        }

        var told = Assert.Single(_rig.Events(), json => json.GetProperty("event").GetString() == "sink_misconfigured");
        Assert.Equal("bucket", told.GetProperty("details").GetProperty("sink").GetString());
        Assert.Equal("no such bucket", told.GetProperty("details").GetProperty("cause").GetString());
        Assert.Equal("warning", told.GetProperty("level").GetString());
        Assert.Single(_rig.Names(), "step");
    }

    private bool HasHeard(string cause)
    {
        lock (_rig.Failures)
        {
            return _rig.Failures.Any(failure => failure.Message == cause);
        }
    }
}
