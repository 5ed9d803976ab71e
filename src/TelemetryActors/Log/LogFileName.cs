using System.Globalization;
using TelemetryActors.Storage;

namespace TelemetryActors.Log;

/// <summary>The name of one file of the event log.</summary>
/// <remarks>
/// Daily: <c>events_20261120.ndjson</c>, the day's next file <c>events_20261120.001.ndjson</c>, a second writer's
/// <c>events_20261120-s2.ndjson</c> (S4.14). Fixed: the configured name, with the same additions before its extension (S0.27).
/// Names are labels: the anchors inside order the files.
/// </remarks>
/// <param name="Label"><c>events_20261120</c>, or the fixed name without its extension.</param>
/// <param name="Slot">The writer slot, from 1.</param>
/// <param name="Number">0 for the label's first file.</param>
/// <param name="Extension">With its dot.</param>
internal sealed record LogFileName(string Label, int Slot, int Number, string Extension)
{
    public const string DailyExtension = ".ndjson";

    private const string DailyPrefix = "events_";
    private const int DailyLabelChars = 15;
    private const int MaxDigits = 6;

    /// <summary>What <see cref="CanBeFixed"/> asks for, in words.</summary>
    public const string FixedRule = OwnPlaces.Rule;

    /// <summary>Where a fixed file lies, with a slash at its end; empty for daily ones.</summary>
    public string Place { get; init; } = "";

    /// <summary>Whether a path can be the log's fixed file: it names a file, and none that the product keeps for something else.</summary>
    public static bool CanBeFixed(string path) => OwnPlaces.Spare(path);

    public static LogFileName Daily(DateOnly date, int slot) =>
        new(DailyPrefix + date.ToString("yyyyMMdd", CultureInfo.InvariantCulture), slot, 0, DailyExtension);

    public static LogFileName Fixed(string fileName, int slot) =>
        new(Path.GetFileNameWithoutExtension(fileName), slot, 0, Path.GetExtension(fileName));

    /// <summary>The day of a daily file; null for a fixed one.</summary>
    public DateOnly? Date =>
        Label.StartsWith(DailyPrefix, StringComparison.Ordinal)
        && DateOnly.TryParseExact(Label.AsSpan(DailyPrefix.Length), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    public LogFileName Next() => this with { Number = Number + 1 };

    /// <summary>Reads a daily name, or a fixed one of the given file name; null for anything else.</summary>
    /// <remarks>By hand: a regular expression would be the largest part of a start.</remarks>
    public static LogFileName? TryParse(string name, string? fixedName)
    {
        var extension = fixedName is null ? DailyExtension : Path.GetExtension(fixedName);
        var labelChars = fixedName is null ? DailyLabelChars : Path.GetFileNameWithoutExtension(fixedName).Length;
        if (!name.EndsWith(extension, StringComparison.Ordinal) || name.Length < labelChars + extension.Length)
        {
            return null;
        }

        var label = name[..labelChars];
        var middle = name.AsSpan(labelChars, name.Length - labelChars - extension.Length);
        var isOurs = fixedName is null ? IsDaily(label) : label == Path.GetFileNameWithoutExtension(fixedName);
        return isOurs && TryTakeNumber(ref middle, "-s", 1, out var slot) && TryTakeNumber(ref middle, ".", 0, out var number) && middle.IsEmpty
            ? new LogFileName(label, slot, number, extension)
            : null;
    }

    /// <inheritdoc />
    public override string ToString()
    {
        var slot = Slot == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-s{Slot}");
        var number = Number == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $".{Number:000}");
        return Place + Label + slot + number + Extension;
    }

    private static bool IsDaily(string label) =>
        label.StartsWith(DailyPrefix, StringComparison.Ordinal) && !label.AsSpan(DailyPrefix.Length).ContainsAnyExceptInRange('0', '9');

    // Takes a mark and the digits behind it, where they are there.
    private static bool TryTakeNumber(ref ReadOnlySpan<char> text, string mark, int missing, out int number)
    {
        number = missing;
        if (!text.StartsWith(mark, StringComparison.Ordinal))
        {
            return true;
        }

        var digits = text[mark.Length..];
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        digits = end < 0 ? digits : digits[..end];
        text = text[(mark.Length + digits.Length)..];
        return digits.Length is > 0 and <= MaxDigits && int.TryParse(digits, CultureInfo.InvariantCulture, out number);
    }
}
