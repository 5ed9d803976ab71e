using System.Buffers;
using System.Text.RegularExpressions;

namespace TelemetryActors.Privacy;

/// <summary>Numbers of a text behind a name of several words, by the rule for the names of members: <c>gpsLat: 48.85</c>, <c>latFrom=48.85</c>, <c>"coords":{"x":48.85,"y":2.35}</c> (S1.12).</summary>
/// <remarks>The patterns are bounded, so the time is linear in the text. What is alone behind <see cref="PlaceWords"/>' own words <see cref="PlaceText"/> finds.</remarks>
internal static partial class PlaceAssignments
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant;
    private const string Name = @"(?:(?<![\p{L}\d_])|(?<=%[0-9A-F]{2}))(?<word>(?>[\p{L}_][\p{L}\d_.-]{0,63}))\\{0,8}[""'’]?\s{0,2}(?:[:=]|%3D)\s{0,2}";
    private const string Quote = @"\\{0,8}[""']?";
    private const string Degrees = @"(?>[-+]?\d{1,3}\.\d{2,20})";
    private const string Gap = @"\s{0,64}";

    // Decimals that make numbers degrees behind the name of a whole place: both of a pair, and one alone.
    private const int InPair = 2;
    private const int Alone = 4;
    private const double MostLatitude = 90;
    private const double MostLongitude = 180;

    // What stands between a name and its value, and how such a mark may be written otherwise.
    private static readonly SearchValues<char> Marks = SearchValues.Create(":=：＝%\\");

    /// <summary>The text with <see cref="Redactor.Mark"/> in place of each finding; the same text when there is none.</summary>
    public static string Strip(string text)
    {
        if (text.AsSpan().IndexOfAny(Marks) < 0)
        {
            return text;
        }

        text = MarkedText.OfNumbers(text, Number(), static (_, match) => IsPlace(match));
        return MarkedText.OfNumbers(text, Plane(), static (_, match) => IsPlane(match));
    }

    // A number goes as a whole or not at all; one behind it is its other half.
    [GeneratedRegex(
        $$"""
        (?<name>{{Name}}\\{0,8}["'\[(]?)(?<one>(?>[-+]?\d{1,3}(?:[.,]\d{1,20})?))
        (?<two>\s{0,2}[,;/\ ]\s{0,2}(?>[-+]?\d{1,3}\.\d{1,20})){0,3}(?!\d|[.,]\d|\s?{{PlaceText.Unit}})
        """,
        Options)]
    private static partial Regex Number();

    [GeneratedRegex(
        $$"""
        (?<name>{{Name}}\{{{Gap}}{{Quote}}[xy]{{Quote}}\s{0,2}:\s{0,2})(?<one>{{Degrees}}){{Gap}},{{Gap}}{{Quote}}[xy]{{Quote}}\s{0,2}:\s{0,2}(?<two>{{Degrees}})(?![\d.])
        """,
        Options)]
    private static partial Regex Plane();

    private static bool IsPlace(Match match)
    {
        var name = match.Groups["word"].Value;
        if (PlaceNames.IsPlain(name) || PlaceNames.Of(name) != PlaceEvidence.Certain)
        {
            return false;
        }

        var (one, two) = (Decimals(match.Groups["one"].ValueSpan), match.Groups["two"]);
        var end = PlaceNames.EndOf(name);
        return PlaceNames.IsHalf(end) || (one >= Alone && end is not null) || (one >= InPair && two.Success && Decimals(two.ValueSpan) >= InPair);
    }

    private static bool IsPlane(Match match)
    {
        var (one, two) = (NumberOf(match.Groups["one"]), NumberOf(match.Groups["two"]));
        return PlaceNames.Of(match.Groups["word"].Value) != PlaceEvidence.None && Math.Max(one, two) <= MostLongitude && Math.Min(one, two) <= MostLatitude;
    }

    private static int Decimals(ReadOnlySpan<char> number) => number.LastIndexOfAny('.', ',') is >= 0 and var point ? number.Length - point - 1 : 0;

    private static double NumberOf(Group group) => Math.Abs(PlaceText.NumberOf(group.ValueSpan));
}
