using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Log;

public sealed class LogRetentionSpec
{
    [Theory]
    [InlineData("events_20260227.ndjson", true)]
    [InlineData("events_20260301.ndjson", false)]
    [InlineData("events_99991231.ndjson", false)]
    [InlineData("telemetry.jsonl", false)]
    public void A_file_is_too_old_when_its_day_ended_longer_ago_than_files_are_kept(string file, bool isTooOld)
    {
        var retention = new LogRetention(new LogOptions { RetentionAge = TimeSpan.FromDays(1) }, new ManualTime());

        Assert.Equal(isTooOld, retention.IsTooOld(file));
    }
}
