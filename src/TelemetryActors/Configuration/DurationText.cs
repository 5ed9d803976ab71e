using System.Globalization;

namespace TelemetryActors.Configuration;

/// <summary>Times as people write them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>6h</c>, <c>90d</c>, or <c>00:00:30</c>.</summary>
internal static class DurationText
{
    // From small to large, so that "ms" is not taken for "s" behind an m.
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    public static bool TryParse(string text, out TimeSpan value)
    {
        text = text.Trim();
        foreach (var (unit, length) in Units)
        {
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                return TryMultiply(text[..^unit.Length], length, out value);
            }
        }

        // A bare number would be days, which nobody means.
        value = default;
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value);
    }

    public static string Format(TimeSpan value)
    {
        foreach (var (unit, length) in Units.Reverse())
        {
            if (value.Ticks % length.Ticks == 0 && (value != TimeSpan.Zero || unit == "s"))
            {
                return (value.Ticks / length.Ticks).ToString(CultureInfo.InvariantCulture) + unit;
            }
        }

        return value.ToString("c", CultureInfo.InvariantCulture);
    }

    private static bool TryMultiply(string number, TimeSpan length, out TimeSpan value)
    {
        var isNumber = double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            && count * length.Ticks < TimeSpan.MaxValue.Ticks;
        value = isNumber ? TimeSpan.FromTicks((long)(count * length.Ticks)) : default;
        return isNumber;
    }
}
