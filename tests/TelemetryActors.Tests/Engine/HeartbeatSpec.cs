using TelemetryActors.Engine;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Engine;

[Trait("Feature", "S1.1")]
public sealed class HeartbeatSpec
{
    [Fact]
    public void A_beat_that_throws_is_told_once_and_the_next_comes_all_the_same()
    {
        var time = new ManualTime();
        var (beats, told) = (0, 0);
        using var heartbeat = new Heartbeat(
            time,
            TimeSpan.FromSeconds(1),
            () =>
            {
                Interlocked.Increment(ref beats);
                throw new InvalidOperationException("a fault of ours");
            },
            _ => Interlocked.Increment(ref told));

        heartbeat.Start();

        Eventually.True(() => Volatile.Read(ref beats) >= 3, between: () => time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(1, Volatile.Read(ref told));
    }
}
