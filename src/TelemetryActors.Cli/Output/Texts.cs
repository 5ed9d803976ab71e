using System.Globalization;

namespace TelemetryActors.Cli.Output;

/// <summary>Instants, durations and counts for people.</summary>
internal static class Texts
{
    private const string None = "-";
    private const double LongestMilliseconds = 9e14;
    private const double MillisecondsPerDay = 86_400_000;

    public static string Of(DateTimeOffset? instant) =>
        instant?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? None;

    public static string Of(long count) => count.ToString(CultureInfo.InvariantCulture);

    public static string Of(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes} min {duration.Seconds} s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Hours} h {duration.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalDays} d {duration.Hours} h"),
    };

    /// <summary>A duration that somebody recorded: it may be longer than any <see cref="TimeSpan"/>.</summary>
    public static string OfMilliseconds(double milliseconds) => Math.Abs(milliseconds) < LongestMilliseconds
        ? Of(TimeSpan.FromMilliseconds(milliseconds))
        : string.Create(CultureInfo.InvariantCulture, $"{milliseconds / MillisecondsPerDay:G6} d");
}
