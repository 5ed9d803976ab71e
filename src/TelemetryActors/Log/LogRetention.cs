namespace TelemetryActors.Log;

/// <summary>Says which log files are too old to keep, and says nothing while the clock cannot be believed.</summary>
internal sealed class LogRetention(LogOptions options, TimeProvider time)
{
    private static readonly TimeSpan LargestDisagreement = TimeSpan.FromHours(1);

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly long _startedStamp = time.GetTimestamp();

    /// <summary>Whether a daily file's day ended longer ago than files are kept.</summary>
    public bool IsTooOld(string fileName)
    {
        if (options.RetentionAge is not { } age || LogFileName.TryParse(fileName, fixedName: null)?.Date is not { } day || day == DateOnly.MaxValue)
        {
            return false;
        }

        var now = time.GetUtcNow();
        var disagreement = now - _startedAt - time.GetElapsedTime(_startedStamp);
        var dayEnded = new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
        return disagreement.Duration() <= LargestDisagreement && now - dayEnded > age;
    }
}
