using Xunit;

namespace TelemetryActors.Runs;

[Trait("Feature", "S4.6")]
public sealed class RunMetricsSpec
{
    private readonly RunMetrics _metrics = new();

    [Fact]
    public void Holds_numbers_and_texts_by_name()
    {
        _metrics.Set("items_discovered", 10);
        _metrics.Set("model", "large");
        _metrics.Set("items_discovered", 11.5);

        Assert.Equal(MetricValue.FromDouble(11.5), _metrics["items_discovered"]);
        Assert.Equal("large", _metrics["model"]?.Text);
        Assert.Null(_metrics["other"]);
        Assert.Equal(2, _metrics.Count);
    }

    [Fact]
    public void An_increment_begins_at_zero_even_over_a_text()
    {
        _metrics.Set("model", "large");

        _metrics.Increment("items");
        _metrics.Increment("items", 2.5);
        _metrics.Increment("model", -1);

        Assert.Equal(3.5, _metrics["items"]?.Number);
        Assert.Equal(MetricValue.FromDouble(-1), _metrics["model"]);
    }

    [Fact]
    public void The_257th_name_is_refused_and_counted_while_known_ones_go_on()
    {
        for (var i = 0; i < RunMetrics.MaxNames; i++)
        {
            Assert.True(_metrics.Set($"m{i}", i));
        }

        Assert.False(_metrics.Set("one too many", 1));
        Assert.True(_metrics.Increment("m255"));

        Assert.Equal((256, 1), (_metrics.Count, _metrics.Refused));
        Assert.Equal(256, _metrics["m255"]?.Number);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData(" ", 1)]
    [InlineData("x", double.NaN)]
    [InlineData("x", double.PositiveInfinity)]
    public void A_nameless_metric_and_a_number_JSON_cannot_hold_are_refused(string name, double value)
    {
        Assert.False(_metrics.Set(name, value));
        Assert.False(_metrics.Increment(name, value));

        Assert.Equal((0, 2), (_metrics.Count, _metrics.Refused));
    }

    [Fact]
    public void What_was_handed_out_does_not_change()
    {
        _metrics.Set("a", 1);
        var before = _metrics.ToDictionary();

        _metrics.Set("a", 2);

        Assert.Equal(1, before["a"].Number);
    }
}
