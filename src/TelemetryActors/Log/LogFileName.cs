using System.Globalization;
using System.Text.RegularExpressions;

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

    public static LogFileName Daily(DateOnly date, int slot) =>
        new("events_" + date.ToString("yyyyMMdd", CultureInfo.InvariantCulture), slot, 0, DailyExtension);

    public static LogFileName Fixed(string fileName, int slot) =>
        new(Path.GetFileNameWithoutExtension(fileName), slot, 0, Path.GetExtension(fileName));

    /// <summary>The day of a daily file; null for a fixed one.</summary>
    public DateOnly? Date =>
        Label.StartsWith("events_", StringComparison.Ordinal)
        && DateOnly.TryParseExact(Label.AsSpan(7), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    public LogFileName Next() => this with { Number = Number + 1 };

    /// <summary>Reads a daily name, or a fixed one of the given file name; null for anything else.</summary>
    public static LogFileName? TryParse(string name, string? fixedName)
    {
        var (label, extension) = fixedName is null
            ? (@"events_\d{8}", DailyExtension)
            : (Regex.Escape(Path.GetFileNameWithoutExtension(fixedName)), Path.GetExtension(fixedName));
        var match = Regex.Match(
            name, $@"^(?<label>{label})(-s(?<slot>[1-9]\d{{0,3}}))?(\.(?<number>\d{{3,6}}))?{Regex.Escape(extension)}$", RegexOptions.CultureInvariant);
        return match.Success
            ? new LogFileName(
                match.Groups["label"].Value,
                NumberOf(match.Groups["slot"], 1),
                NumberOf(match.Groups["number"], 0),
                extension)
            : null;
    }

    /// <inheritdoc />
    public override string ToString()
    {
        var slot = Slot == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-s{Slot}");
        var number = Number == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $".{Number:000}");
        return Label + slot + number + Extension;
    }

    private static int NumberOf(Group group, int missing) =>
        group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : missing;
}
