using TelemetryActors.Sampling;
using TelemetryActors.Tests.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Sampling;

public sealed class SamplerThrottleSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    [Trait("Feature", "S2.67")]
    public void A_hundred_events_of_a_name_pass_in_sixty_seconds()
    {
        var sampler = new Sampler(new SamplingOptions { Mode = SamplingMode.Throttled });

        var admitted = Enumerable.Range(0, 250).Count(_ => sampler.Decide("tick", Second, 0).Admit);
        var lastMoment = sampler.Decide("tick", (61 * Second) - TimeSpan.FromTicks(1), 0);
        var next = sampler.Decide("tick", 61 * Second, 0);

        Assert.Equal(100, admitted);
        Assert.False(lastMoment.Admit);
        Assert.Equal(new SamplingDecision(true, 152), next);
    }

    [Fact]
    [Trait("Feature", "U.5")]
    public void Each_name_has_a_window_of_its_own()
    {
        var sampler = Throttled(1);

        sampler.Decide("a", Second, 0);

        Assert.True(sampler.Decide("b", Second, 0).Admit);
        Assert.False(sampler.Decide("a", Second, 0).Admit);
        Assert.True(sampler.Decide("A", Second, 0).Admit);
    }

    [Fact]
    public void Names_beyond_the_limit_share_one_window()
    {
        var sampler = Throttled(2);
        for (var i = 0; i < Sampler.MaxNames; i++)
        {
            Assert.True(sampler.Decide($"name{i}", Second, 0).Admit);
        }

        var further = new[] { "x", "y", "z" }.Select(name => sampler.Decide(name, Second, 0).Admit);

        Assert.Equal([true, true, false], further);
        Assert.True(sampler.Decide("name7", Second, 0).Admit);
    }

    [Fact]
    public void A_known_name_costs_no_allocation()
    {
        var sampler = Throttled(2);

        var bytes = Allocation.Least(() => sampler.Decide("tick", Second, 0));

        Assert.Equal(0, bytes);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    [Trait("Feature", "S2.67")]
    public void No_name_ever_has_more_than_its_share_and_no_event_is_unaccounted_for(int seed)
    {
        var random = new Random(seed);
        var max = random.Next(1, 6);
        var sampler = Throttled(max);
        var windows = new Dictionary<string, (TimeSpan Begin, int Admitted)>();
        var seen = new Dictionary<string, int>();
        var stoodFor = new Dictionary<string, int>();
        var now = TimeSpan.Zero;

        for (var step = 0; step < 20_000; step++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(700));
            var name = "name" + random.Next(5);
            var decision = sampler.Decide(name, now, (uint)random.Next());

            var isOpen = windows.TryGetValue(name, out var window) && now - window.Begin < 10 * Second;
            window = isOpen ? window : (now, 0);
            windows[name] = (window.Begin, window.Admitted + (decision.Admit ? 1 : 0));
            seen[name] = seen.GetValueOrDefault(name) + 1;
            stoodFor[name] = stoodFor.GetValueOrDefault(name) + decision.Weight;

            Assert.Equal(window.Admitted < max, decision.Admit);
            Assert.True(!decision.Admit || stoodFor[name] == seen[name]);
        }
    }

    [Fact]
    public void Threads_together_get_no_more_than_one_share()
    {
        var sampler = Throttled(1000);
        var admitted = 0;

        Parallel.For(0, 20_000, _ =>
        {
            if (sampler.Decide("tick", Second, 0).Admit)
            {
                Interlocked.Increment(ref admitted);
            }
        });

        Assert.Equal(1000, admitted);
    }

    private static Sampler Throttled(int maxEvents) => new(new SamplingOptions
    {
        Mode = SamplingMode.Throttled,
        ThrottleWindow = 10 * Second,
        MaxEventsPerWindow = maxEvents,
    });
}
