using Microsoft.Extensions.Diagnostics.HealthChecks;
using TelemetryActors.Engine;
using TelemetryActors.Hosting;
using TelemetryActors.TestKit;
using TelemetryActors.Tests.Client;
using Xunit;

namespace TelemetryActors.Client;

[Trait("Feature", "S1.18")]
public sealed class EngineStartSpec : IDisposable
{
    private readonly ClientRig _rig = new();
    private readonly ManualTime _time = new();
    private volatile bool _isBroken = true;
    private int _tries;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task An_engine_that_does_not_start_is_told_holds_nobody_up_and_is_tried_again()
    {
        await using var client = Start();
        client.Record("first");

        Eventually.Equal(HealthStatus.Unhealthy, () => TelemetryHealth.Of(client.Sinks).Status);
        var flushed = await client.FlushAsync();
        Assert.Contains("no engine today", flushed.Reason, StringComparison.Ordinal);
        Assert.Contains("no engine today", client.Sinks[0].Circuit.Cause, StringComparison.Ordinal);
        Eventually.True(WasTold);
        Assert.All(Enumerable.Range(0, 20_000), number => Assert.True(client.Record($"event_{number % 7}").IsAccepted));
        _isBroken = false;

        Eventually.Equal(HealthStatus.Healthy, () => TelemetryHealth.Of(client.Sinks).Status, () => _time.Advance(TimeSpan.FromSeconds(1)));

        // From here on the log is healthy, and a ring that is still full may refuse.
        Eventually.True(() => client.Record("last").IsAccepted);
        Eventually.True(
            () => client.FlushAsync().AsTask() is { IsCompletedSuccessfully: true, Result.IsDurable: true }, between: () => _time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Contains("last", _rig.Names());
    }

    [Fact]
    public async Task A_client_whose_engine_never_starts_ends_all_the_same()
    {
        var client = Start();
        Eventually.True(() => Volatile.Read(ref _tries) > 2, between: () => _time.Advance(TimeSpan.FromSeconds(1)));

        await client.DisposeAsync();
        var tries = Volatile.Read(ref _tries);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(tries, Volatile.Read(ref _tries));
    }

    private bool WasTold()
    {
        lock (_rig.Failures)
        {
            return _rig.Failures.Exists(failure => failure.Where == "start");
        }
    }

    private TelemetryClient Start() => _rig.Start(options =>
    {
        options.Time = _time;
        var whole = options.Engine;
        options.Engine = (pipeline, environment) =>
        {
            Interlocked.Increment(ref _tries);
            return _isBroken ? throw new InvalidOperationException("no engine today") : whole(pipeline, environment);
        };
    });
}
