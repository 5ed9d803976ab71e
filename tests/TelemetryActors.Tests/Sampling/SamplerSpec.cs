using TelemetryActors.Sampling;
using Xunit;

namespace TelemetryActors.Tests.Sampling;

public sealed class SamplerSpec
{
    [Fact]
    [Trait("Feature", "S2.9")]
    public void Always_admits_every_event_for_itself()
    {
        var sampler = new Sampler(new SamplingOptions());

        var decision = sampler.Decide("user.login", TimeSpan.Zero, uint.MaxValue);

        Assert.Equal(new SamplingDecision(true, 1), decision);
    }

    [Theory]
    [InlineData("user.login"), InlineData("error.captured"), InlineData("run_start"), InlineData("telemetry.sink_opened")]
    [Trait("Feature", "S2.9")]
    public void Never_admits_nothing_at_all(string name)
    {
        var sampler = new Sampler(new SamplingOptions { Mode = SamplingMode.Never });

        var decision = sampler.Decide(name, TimeSpan.Zero, 0);

        Assert.Equal(new SamplingDecision(false, 0), decision);
    }

    [Theory]
    [InlineData(0.1, 0u, 10), InlineData(0.1, 429_496_729u, 10), InlineData(0.1, 429_496_730u, 0), InlineData(0.1, uint.MaxValue, 0)]
    [InlineData(0.5, 2_147_483_647u, 2), InlineData(0.5, 2_147_483_648u, 0), InlineData(0.3, 0u, 3), InlineData(0.0, 0u, 0)]
    [InlineData(1.0, uint.MaxValue, 1)]
    [Trait("Feature", "S2.67")]
    public void A_share_is_admitted_and_stands_for_the_rest(double rate, uint random, int weight)
    {
        var sampler = new Sampler(new SamplingOptions { Mode = SamplingMode.Probabilistic, Rate = rate });

        var decision = sampler.Decide("user.login", TimeSpan.Zero, random);

        Assert.Equal(new SamplingDecision(weight > 0, weight), decision);
    }

    [Theory]
    [InlineData("error"), InlineData("runtime_error"), InlineData("error.captured"), InlineData("session.start"), InlineData("run_start"), InlineData("run.progress"), InlineData("telemetry.sink_opened")]
    [Trait("Feature", "U.5")]
    public void Errors_sessions_runs_and_the_own_events_pass_by(string name)
    {
        var throttled = new Sampler(new SamplingOptions { Mode = SamplingMode.Throttled, MaxEventsPerWindow = 1 });
        var probabilistic = new Sampler(new SamplingOptions { Mode = SamplingMode.Probabilistic, Rate = 0 });

        throttled.Decide(name, TimeSpan.Zero, 0);
        var second = throttled.Decide(name, TimeSpan.Zero, 0);
        var unlikely = probabilistic.Decide(name, TimeSpan.Zero, uint.MaxValue);

        Assert.Equal(new SamplingDecision(true, 1), second);
        Assert.Equal(new SamplingDecision(true, 1), unlikely);
    }

    [Theory]
    [InlineData("errors.x"), InlineData("running"), InlineData("my.error."), InlineData("Error.x")]
    [Trait("Feature", "U.5")]
    public void Other_names_do_not_pass_by(string name)
    {
        var sampler = new Sampler(new SamplingOptions { Mode = SamplingMode.Probabilistic, Rate = 0 });

        var decision = sampler.Decide(name, TimeSpan.Zero, 0);

        Assert.False(decision.Admit);
    }

    [Fact]
    [Trait("Feature", "S2.9")]
    public void Options_changed_after_the_start_change_nothing()
    {
        var options = new SamplingOptions();
        var sampler = new Sampler(options);

        options.Mode = SamplingMode.Never;

        Assert.True(sampler.Decide("user.login", TimeSpan.Zero, 0).Admit);
    }
}
