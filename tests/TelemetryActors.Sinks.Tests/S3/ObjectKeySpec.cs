using TelemetryActors.Sinks.S3;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

[Trait("Feature", "S1.6")]
public sealed class ObjectKeySpec
{
    [Theory]
    [InlineData("diagnostics/")]
    [InlineData("d/")]
    [InlineData("a/b_c/")]
    public void A_key_is_read_as_it_was_written(string prefix)
    {
        var key = new ObjectKey("my.device-1", new DateTimeOffset(2026, 12, 31, 23, 59, 59, 999, TimeSpan.Zero), "Ab3_x-00000000000007");

        Assert.Equal(key, ObjectKey.Parse(prefix, key.Text(prefix)));
    }

    [Theory]
    [InlineData("other/2026/03/01/d_20260301T120000.000000Z_i.log.gz")]
    [InlineData("diagnostics/2026/03/02/d_20260301T120000.000000Z_i.log.gz")]
    [InlineData("diagnostics/2026/03/01/d_20260301T120000.000000Z_i.log")]
    [InlineData("diagnostics/2026/03/01/d_yesterday_i.log.gz")]
    [InlineData("diagnostics/2026/03/01/readme.log.gz")]
    [InlineData("diagnostics/.log.gz")]
    public void What_others_put_there_is_none(string text) => Assert.Null(ObjectKey.Parse("diagnostics/", text));
}
