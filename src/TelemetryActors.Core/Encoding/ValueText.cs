using System.Globalization;

namespace TelemetryActors.Encoding;

/// <summary>The text of a value that is no text, the same in every culture: days, times and instants as ISO 8601 has them.</summary>
internal static class ValueText
{
    /// <summary>The text of a value; null for nothing.</summary>
    public static string? Of(object? value) => value switch
    {
        DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        DateTimeOffset instant => InstantText.Format(instant),
        DateTime instant => InstantText.Format(instant.ToUniversalTime()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
