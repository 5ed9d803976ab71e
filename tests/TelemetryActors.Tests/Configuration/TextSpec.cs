using TelemetryActors.Configuration;
using Xunit;

namespace TelemetryActors.Tests.Configuration;

[Trait("Feature", "S4.7")]
public sealed class TextSpec
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("5m", 300_000)]
    [InlineData("6h", 21_600_000)]
    [InlineData("90d", 7_776_000_000)]
    [InlineData("00:00:30", 30_000)]
    public void Reads_times_as_people_write_them(string text, double milliseconds)
    {
        var isTime = DurationText.TryParse(text, out var value);

        Assert.Equal((true, milliseconds), (isTime, value.TotalMilliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("99999999999d")]
    [InlineData("soon")]
    public void Takes_nothing_else_for_a_time(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("65536", 65_536)]
    [InlineData("64KiB", 65_536)]
    [InlineData("8 MiB", 8L << 20)]
    [InlineData("2gib", 2L << 30)]
    public void Reads_sizes_as_people_write_them(string text, long bytes)
    {
        var isSize = SizeText.TryParse(text, out var value);

        Assert.Equal((true, bytes), (isSize, value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("8MB")]
    [InlineData("99999999999999GiB")]
    public void Takes_nothing_else_for_a_size(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Theory]
    [InlineData("Log:FsyncInterval")]
    [InlineData("Log__FsyncInterval")]
    [InlineData("log.fsync_interval")]
    [InlineData("LOG__FSYNC_INTERVAL")]
    public void Knows_a_setting_in_every_writing(string path) => Assert.Equal("log.fsyncInterval", SettingTable.Of(new TelemetryOptions()).Find(path)?.Path);
}
