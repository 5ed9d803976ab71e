using System.Globalization;
using TelemetryActors.Encoding;

namespace TelemetryActors.Cli.Show;

/// <summary>The oldest instant that is asked for: ISO 8601, a day, or how long ago (<c>45s</c>, <c>10m</c>, <c>2h</c>, <c>3d</c>).</summary>
internal static class SinceText
{
    private const string DayForm = "yyyy-MM-dd";

    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset since)
    {
        since = default;
        if (InstantText.TryParse(text, out since))
        {
            return true;
        }

        if (DateOnly.TryParseExact(text, DayForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            since = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            return true;
        }

        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        TimeSpan? unit = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => null,
        };
        if (unit is null || unit.Value.TotalDays * count > (now - DateTimeOffset.MinValue).TotalDays)
        {
            return false;
        }

        since = now - (unit.Value * count);
        return true;
    }
}
