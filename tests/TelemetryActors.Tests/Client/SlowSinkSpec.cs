using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.Tests.Client;

/// <summary>A sink that takes its time beside one that takes everything, over a real client: its ring, its event log, its files.</summary>
[Trait("Feature", "SK.6")]
public sealed class SlowSinkSpec : IDisposable
{
    // Beyond what the ring of the small preset holds: who is behind reads the rest from the event log.
    private const int Events = 20_000;
    private const int FlushEvery = 200;

    private static readonly TimeSpan TakesLong = TimeSpan.FromMinutes(1);

    private readonly ClientRig _rig = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task The_healthy_sink_has_everything_before_the_slow_one_has_anything_and_the_slow_one_gets_it_all()
    {
        var slow = new SlowSink(_time, TakesLong);
        var healthy = new RecordingSink();
        await using var telemetry = _rig.Start(options =>
        {
            options.TrackSessions = false;
            options.AddSink(Sink("slow", slow)).AddSink(Sink("healthy", healthy));
        });

        for (var number = 0; number < Events; number++)
        {
            Assert.True(telemetry.Record("step", ("n", number), ("pad", new string('x', 64))).IsAccepted);
            if (number % FlushEvery == 0)
            {
                // A machine that is busy elsewhere must not let the ring fill.
                await telemetry.FlushAsync();
            }
        }

        Eventually.Equal(Events, () => healthy.Numbers.Count);
        Eventually.Equal(1, () => slow.Calls);
        Assert.Empty(slow.Numbers);
        Eventually.Equal(Events, () => slow.Numbers.Count, () => _time.Advance(TakesLong));
        var numbers = Enumerable.Range(0, Events).Select(number => (long)number);
        Assert.Equal(numbers, healthy.Numbers);
        Assert.Equal(numbers, slow.Numbers);
        Eventually.True(() => telemetry.Sinks.All(status => status.Pending == 0), () => string.Join("; ", telemetry.Sinks.Select(status => $"{status.Name} {status.Pending}")));
        Assert.All(telemetry.Sinks.SelectMany(status => status.Accounts), account => Assert.True(account.IsBalanced, account.ToString()));
        Assert.All(telemetry.Sinks, status => Assert.Equal((status.Name, (long)Events, 0L), (status.Name, status.Delivered, status.Dropped)));
    }

    // The slow sink's time is the spec's clock, its calls' limit is real: on a busy machine the events before it take longer than a call may.
    private static SinkDefinition Sink(string name, ISink sink) =>
        new(name, SinkPolicies.Remote with { FlushEvents = 500, FlushInterval = TimeSpan.FromMilliseconds(100), CallTimeout = TimeSpan.FromHours(1), ProbeTimeout = TimeSpan.FromHours(1) }, _ => sink);
}
