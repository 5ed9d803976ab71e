using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TelemetryActors.Log;

namespace TelemetryActors.Configuration;

/// <summary>The types that settings have.</summary>
internal static class SettingTypes
{
    public const string DirectoryRule = "the path of a directory";

    public static SettingType<bool> Switch { get; } = new("true or false", TryParseSwitch, value => value ? "true" : "false");

    public static SettingType<double> Share { get; } = new("a number from 0 to 1", TryParseShare, value => value.ToString(CultureInfo.InvariantCulture));

    public static SettingType<string?> Text { get; } = TextOf("a text", text => !string.IsNullOrWhiteSpace(text));

    public static SettingType<string?> Directory { get; } = TextOf(DirectoryRule, text => CanBeDirectory(text) && !string.IsNullOrWhiteSpace(text));

    /// <summary>A text that is shown nowhere, not even to who set it.</summary>
    public static SettingType<string?> Secret { get; } = new("printable ASCII without blanks", TryParseSecret, value => value is null ? null : "(set, not shown)");

    public static SettingType<string?> DeviceId { get; } = TextOf("up to 64 letters, digits, dots and hyphens", DeviceIdentity.IsId);

    public static SettingType<string?> LogFile { get; } = TextOf(LogFileName.FixedRule, LogFileName.CanBeFixed);

    public static SettingType<IEnumerable<string>> Names { get; } = new("names with commas between them", TryParseNames, FormatNames);

    public static SettingType<Uri?> Address { get; } = new(WebAddress.Rule, TryParseAddress, value => value?.OriginalString);

    /// <summary>Whether a text can be a path at all, wherever it leads.</summary>
    public static bool CanBeDirectory(string text) => !text.Contains('\0', StringComparison.Ordinal);

    /// <summary>A text that a rule allows.</summary>
    public static SettingType<string?> TextOf(string rule, Func<string, bool> isAllowed) => new(rule, (string text, out string? value) => isAllowed(value = text), value => value);

    /// <summary>Texts with commas between them, each of which a rule allows.</summary>
    public static SettingType<IEnumerable<string>> NamesOf(string rule, Func<string, bool> isAllowed) => new(
        $"{rule}, with commas between them",
        (string text, [MaybeNullWhen(false)] out IEnumerable<string> value) => TryParseNames(text, out value) && value.All(isAllowed),
        FormatNames);

    public static SettingType<int> Count(int least, int most) => new(
        $"a whole number from {least} to {most}",
        (string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most,
        value => value.ToString(CultureInfo.InvariantCulture));

    public static SettingType<long> Bytes(long least, long most) => new(
        $"a size from {SizeText.Format(least)} to {SizeText.Format(most)}",
        (string text, out long value) => SizeText.TryParse(text, out value) && value >= least && value <= most,
        SizeText.Format);

    public static SettingType<TimeSpan> Duration(TimeSpan least, TimeSpan most) => new(
        $"a time from {DurationText.Format(least)} to {DurationText.Format(most)}, such as 500ms, 30s, 6h or 90d",
        (string text, out TimeSpan value) => DurationText.TryParse(text, out value) && value >= least && value <= most,
        DurationText.Format);

    /// <summary>A time that the setting's name says to be in milliseconds.</summary>
    public static SettingType<TimeSpan> Milliseconds(int least, int most)
    {
        var count = Count(least, most);
        return new SettingType<TimeSpan>(
            count.Name,
            (string text, out TimeSpan value) =>
            {
                var isCount = count.Parse(text, out var milliseconds);
                value = TimeSpan.FromMilliseconds(milliseconds);
                return isCount;
            },
            value => count.Format((int)value.TotalMilliseconds));
    }

    public static SettingType<T> Choice<T>()
        where T : struct, Enum => new(
        "one of " + string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant())),
        (string text, out T value) => Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text.Trim()[0]),
        value => value.ToString().ToLowerInvariant());

    /// <summary>A value of a type, or none.</summary>
    public static SettingType<T?> Optional<T>(SettingType<T> type)
        where T : struct => new(
        type.Name,
        (string text, out T? value) =>
        {
            var isValue = type.Parse(text, out var parsed);
            value = isValue ? parsed : null;
            return isValue;
        },
        value => value is { } set ? type.Format(set) : null);

    /// <summary>Reads a switch in all the ways in which people write one: what stops everything must not go unheard for its spelling.</summary>
    public static bool TryParseSwitch(string text, out bool value)
    {
        var word = text.Trim().ToUpperInvariant();
        value = word is "TRUE" or "1" or "ON" or "YES";
        return value || word is "FALSE" or "0" or "OFF" or "NO";
    }

    private static bool TryParseShare(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && value is >= 0 and <= 1;

    private static bool TryParseSecret(string text, out string? value)
    {
        value = text.Trim();
        return value.Length > 0 && value.All(c => c is > ' ' and <= '~');
    }

    private static bool TryParseNames(string text, out IEnumerable<string> value)
    {
        value = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return true;
    }

    private static string? FormatNames(IEnumerable<string> names) => string.Join(',', names) is { Length: > 0 } text ? text : null;

    private static bool TryParseAddress(string text, out Uri? value) =>
        Uri.TryCreate(text, UriKind.Absolute, out value) && WebAddress.IsAllowed(value);
}
