using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.ClusterNode.Trial;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Node;

public sealed class RunCensusSpec
{
    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task Who_sees_no_collector_looks_once_a_second_for_a_minute()
    {
        var time = new ManualTime();
        var region = new HiddenRegion();
        await using var census = new RunCensus(region, time);

        var asked = census.AskAsync(["a-run"]);
        for (var second = 1; second <= 60; second++)
        {
            Eventually.Equal((second, 1), () => (region.Looks, time.Timers));
            Assert.False(asked.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Null(await asked.WaitAsync(Eventually.DefaultBound));
        Assert.Equal(61, region.Looks);
    }

    /// <summary>A cluster without a collector in sight: it says so at once.</summary>
    private sealed class HiddenRegion : IRunRegion
    {
        private int _looks;

        public int Looks => Volatile.Read(ref _looks);

        public ValueTask<FoundRegion> FindAsync(CancellationToken cancellation)
        {
            Interlocked.Increment(ref _looks);
            return ValueTask.FromResult(new FoundRegion(null, "no collector is up and in sight"));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
