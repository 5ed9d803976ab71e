using Xunit;

namespace TelemetryActors.Runs;

[Trait("Feature", "S4.3")]
[Trait("Feature", "U.1")]
public sealed class RunIdSpec
{
    private static readonly DateTimeOffset Start = new(2024, 1, 15, 12, 30, 5, 999, TimeSpan.FromHours(2));

    [Theory]
    [InlineData("crawler", "crawler")]
    [InlineData("seo_agent.v2-x", "seo_agent.v2-x")]
    [InlineData("My Agent/ü", "my-agent--")]
    [InlineData("../../etc", "..-..-etc")]
    [InlineData("", "agent")]
    public void Is_time_agent_and_eight_digits(string agent, string part)
    {
        var id = RunId.Create(agent, Start, 0x00c0ffee);

        Assert.Equal($"20240115T103005Z-{part}-00c0ffee", id.Text);
        Assert.Equal(id, RunId.Parse(id.Text));
    }

    [Fact]
    public void An_agents_name_is_cut_at_64()
    {
        var id = RunId.Create(new string('a', 200), Start, uint.MaxValue);

        Assert.Equal(64, id.Agent.Length);
        Assert.Equal(90, id.Text.Length);
    }

    [Fact]
    public void Tells_its_parts()
    {
        var id = RunId.Parse("20240115T103005Z-a-b-deadbeef");

        Assert.Equal("a-b", id.Agent);
        Assert.Equal(new DateTimeOffset(2024, 1, 15, 10, 30, 5, TimeSpan.Zero), id.StartedAt);
    }

    [Theory]
    [InlineData(null, "a run id reads")]
    [InlineData("", "a run id reads")]
    [InlineData("20240115T103005Z--deadbeef", "a run id reads")]
    [InlineData("20240115T103005Z-a-deadbee", "a run id reads")]
    [InlineData("20241315T103005Z-a-deadbeef", "begins with a time in UTC")]
    [InlineData("20240115T103005+-a-deadbeef", "begins with a time in UTC")]
    [InlineData("20240115T103005Z-a/b-deadbeef", "without '/'")]
    [InlineData("20240115T103005Z-A-deadbeef", "without 'A'")]
    [InlineData("20240115T103005Z-a-DEADBEEF", "8 hexadecimal digits in lower case")]
    [InlineData("20240115T103005Z-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-deadbeef", "at most 64 characters, not 65")]
    public void What_is_none_is_refused_with_the_reason(string? text, string reason)
    {
        Assert.False(RunId.TryParse(text, out _, out var error));

        Assert.Contains(reason, error, StringComparison.Ordinal);
    }
}
