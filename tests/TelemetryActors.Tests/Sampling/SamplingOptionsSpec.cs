using TelemetryActors.Sampling;
using Xunit;

namespace TelemetryActors.Tests.Sampling;

public sealed class SamplingOptionsSpec
{
    [Fact]
    [Trait("Feature", "S2.9")]
    public void The_defaults_are_valid()
    {
        var options = new SamplingOptions();

        Assert.Empty(options.Validate());
        Assert.Equal(SamplingMode.Always, options.Mode);
        Assert.Equal(TimeSpan.FromMilliseconds(60000), options.ThrottleWindow);
        Assert.Equal(100, options.MaxEventsPerWindow);
    }

    [Fact]
    [Trait("Feature", "S2.9")]
    public void Every_fault_is_named_with_its_property()
    {
        var options = new SamplingOptions
        {
            Mode = (SamplingMode)9,
            Rate = 1.5,
            ThrottleWindow = TimeSpan.Zero,
            MaxEventsPerWindow = 0,
        };

        var faults = options.Validate();

        Assert.Equal(
            [
                "Mode: 9 is not one of Always, Never, Probabilistic, Throttled.",
                "Rate: 1.5 is not between 0 and 1.",
                "ThrottleWindow: 00:00:00 is not longer than zero.",
                "MaxEventsPerWindow: 0 is not at least 1.",
            ],
            faults);
    }

    [Theory]
    [InlineData(double.NaN), InlineData(-0.01), InlineData(double.PositiveInfinity)]
    [Trait("Feature", "S2.9")]
    public void A_rate_that_is_no_share_is_a_fault(double rate)
    {
        var options = new SamplingOptions { Rate = rate };

        Assert.StartsWith("Rate:", Assert.Single(options.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sampler_refuses_options_with_faults_and_lists_them()
    {
        var options = new SamplingOptions { Rate = 2, MaxEventsPerWindow = -1 };

        var error = Assert.Throws<ArgumentException>(() => new Sampler(options));

        Assert.Contains("Rate: 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxEventsPerWindow: -1", error.Message, StringComparison.Ordinal);
    }
}
