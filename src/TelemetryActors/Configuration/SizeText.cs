using System.Globalization;

namespace TelemetryActors.Configuration;

/// <summary>Sizes as people write them: <c>65536</c>, <c>64KiB</c>, <c>8MiB</c>, <c>2GiB</c>.</summary>
internal static class SizeText
{
    private static readonly (string Unit, long Bytes)[] Units = [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10)];

    public static bool TryParse(string text, out long value)
    {
        text = text.Trim();
        var (unit, bytes) = Units.FirstOrDefault(unit => text.EndsWith(unit.Unit, StringComparison.OrdinalIgnoreCase), ("", 1));
        var isNumber = long.TryParse(text[..^unit.Length], NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var count)
            && count <= long.MaxValue / bytes;
        value = isNumber ? count * bytes : 0;
        return isNumber;
    }

    public static string Format(long value)
    {
        var (unit, bytes) = Units.FirstOrDefault(unit => value >= unit.Bytes && value % unit.Bytes == 0, ("", 1));
        return (value / bytes).ToString(CultureInfo.InvariantCulture) + unit;
    }
}
