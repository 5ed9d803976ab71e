using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;

namespace TelemetryActors.Privacy;

/// <summary>Coordinates in a text: pairs of degrees in the common notations, and numbers behind a place's name (S1.12).</summary>
/// <remarks>
/// Each pattern is bounded, so the time is linear in the text. Without a name or a hemisphere a pair needs decimals, the range of degrees and no unit, and it is
/// no part of a longer row of numbers with three decimals; between weak separators it needs four decimals, and is no part of any row.
/// </remarks>
internal static partial class PlaceText
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant;

    // What is measured in these is a latency or a share. A capital S is the south.
    private const string Seconds = @"(?-i:[mnuµμ]?s(?:ecs?)?|seconds?|millis(?:econds?)?|micros(?:econds?)?|min)\b";
    internal const string NoDegrees = $"(?:%|{Seconds})";

    // Behind two numbers: a percent sign before a digit is a character of a URL.
    internal const string Unit = $@"(?:%(?!\d)|°\s?[CF]\b|(?:[kmgt]i?b|req|op)\b|{Seconds})";

    // A degree sign and a compass's letter. A small letter with a blank is a word of many languages, and more letters are a direction; a letter at a number's begin is the same.
    private const string LetterEnd = @"(?![a-z\u00c0-\u024f])";
    private const string LetterBegin = @"(?<![a-z\d.\u00c0-\u024f])";
    private const string Number = @"(?<!\d|\d[.,])[-+]?\d{1,3}(?:[.,]\d{1,20})?\s?°";
    private const string Northing = $@"{Number}(?:[NS]{LetterEnd}|\s{{0,2}}(?-i:[NS])(?!\d){LetterEnd})";
    private const string Easting = $@"{Number}(?:[EWO]{LetterEnd}|\s{{0,2}}(?-i:[EWO])(?!\d){LetterEnd})";
    private const string LedNorthing = $@"{LetterBegin}(?:[NS]|(?-i:[NS])\s{{1,2}})[-+]?\d{{1,3}}(?:[.,]\d{{1,20}})?\s?°(?!\s?[CFK]\b)";
    private const string LedEasting = $@"{LetterBegin}(?:[EWO]|(?-i:[EWO])\s{{1,2}})[-+]?\d{{1,3}}(?:[.,]\d{{1,20}})?\s?°(?!\s?[CFK]\b)";
    private const string Between = @"(?:\s(?:and|et|und|y|e|и)\s|\s{0,2}[,;/|]?\s{0,2})";
    private const int ThreeDecimals = 3;
    private const int Reach = 24;
    private const int Beside = 48;
    private const double MostLatitude = 90;
    private const double MostLongitude = 180;

    // What is within a degree of zero in both is the open sea, and a ratio everywhere else.
    private const double LeastFromZero = 1;

    private static readonly SearchValues<char> Hemispheres = SearchValues.Create("nsewoNSEWO°");
    private static readonly SearchValues<char> Numeric = SearchValues.Create("0123456789.");

    /// <summary>The text with <see cref="Redactor.Mark"/> in place of each finding; the same text when there is none.</summary>
    public static string Strip(string text)
    {
        if (!WideDigits.OrAsciiAreIn(text))
        {
            return text;
        }

        text = MarkedText.OfNumbers(text, Notation());
        text = MarkedText.OfNumbers(text, NamedPair());
        text = MarkedText.OfNumbers(text, Pair(), (whole, match) => !IsRatios(match) && !IsRow(whole, match));
        text = MarkedText.OfNumbers(text, LoosePair(), IsPair);
        text = MarkedText.OfNumbers(text, NamedNumber());
        text = MarkedText.OfNumbers(text, NamedDecimal());
        text = MarkedText.OfNumbers(text, NamedLong(), IsBesideHalf);
        return PlaceAssignments.Strip(text);
    }

    // What stands behind a name for both at once, or for the first: two numbers, one with its height, or the four of a box.
    [GeneratedRegex(
        $$"""
        (?<name>\b(?:{{PlaceWords.Pairs}}|lat(?:itude)?\s?[/,]\s?(?:long?|lng|longitude))\\{0,8}["']?\s?[:=]\s?\\{0,8}["'\[(]?)[-+]?\d{1,3}(?:\.\d{1,20})?(?:\s?[,;/\ ]\s?[-+]?\d{1,3}(?:\.\d{1,20})?){1,3}(?!\d|\.\d)
        |(?<name>(?<![\p{L}\d])(?:{{PlaceWords.Wholes}})\\{0,8}["']?\s?[:=\ ]\s?\\{0,8}["'\[(]?)[-+]?\d{1,3}\.\d{2,20}\s{0,2}[,;/\ ]\s{0,2}[-+]?\d{1,3}\.\d{2,20}(?![\d%]|[.,]\d)
        |(?<name>(?<![A-Za-z\d])(?:{{PlaceWords.Halves}}|{{PlaceWords.HalvesElsewhere}}|{{PlaceWords.Wholes}})\\{0,8}["'’]?\s{0,2}[:=：]\s{0,2}\\{0,8}["'\[(]?)[-+]?\d{1,3}(?:\.\d{1,20})?(?:\s{0,2}[,;/\ ]\s{0,2}[-+]?\d{1,4}\.\d{1,20}){1,3}(?!\d|\.\d|\s?{{Unit}})
        |(?<name>(?<![A-Za-z\d])(?:{{PlaceWords.Halves}}|{{PlaceWords.HalvesElsewhere}})\s{1,2})[-+]?\d{1,3}\.\d{2,20}\s{0,2}[,;/]\s{0,2}[-+]?\d{1,3}\.\d{1,20}(?!\d|\.\d|\s?{{Unit}})
        """,
        Options)]
    private static partial Regex NamedPair();

    // Degrees with a hemisphere or minutes, the notation of ISO 6709, a sentence of NMEA 0183, or what calls itself a position.
    [GeneratedRegex(
        $$"""
        {{Northing}}{{Between}}{{Easting}}|{{Easting}}{{Between}}{{Northing}}
        |{{LedNorthing}}{{Between}}{{LedEasting}}|{{LedEasting}}{{Between}}{{LedNorthing}}
        |\b(?:[NSEWO]\s?)?\d{1,3}\s?°\s?\d{1,2}(?:\.\d{1,6})?\s?['′’](?:\s?\d{1,2}(?:\.\d{1,6})?\s?["″”])?(?:\s?[NSEWO]\b)?
        |(?<![\w.])[NS]\s?\d{1,2}\.\d{2,20}\s?°?\s{0,2}[,;/]?\s{0,2}[EWO]\s?\d{1,3}\.\d{2,20}(?:\s?°)?(?![\w.]*\d)
        |(?=[-+]?\d{1,3}[.,]\d)(?:{{Northing}}|{{Easting}})
        |(?=(?>[NSEWO]\s{0,2})[-+]?\d{1,3}[.,]\d)(?:{{LedNorthing}}|{{LedEasting}})
        |\d{1,3}\.\d{3,20}\s?°\s?[NSEWO]\b
        |(?<![\w.])[-+]\d{2}(?:\d{2}){0,2}\.\d{2,20}[-+]\d{3}(?:\d{2}){0,2}\.\d{2,20}(?:[-+]\d{1,6}(?:\.\d{1,6})?)?/?(?![\w.]*\d)
        |(?<![\w.])\d{4}\.\d{1,8},[NS],\d{5}\.\d{1,8},[EW]\b
        |\bgeo:[-+]?\d{1,3}(?:\.\d{1,20})?,[-+]?\d{1,3}(?:\.\d{1,20})?(?!\d|\.\d)
        |\bPOINT\s?\(\s?[-+]?\d{1,3}(?:\.\d{1,20})?\s[-+]?\d{1,3}(?:\.\d{1,20})?\s?\)
        """,
        Options)]
    private static partial Regex Notation();

    [GeneratedRegex(
        $$"""
        (?<![\w.])(?<one>[-+]?(?:[0-8]?\d|90)\.\d{3,20})(?:\s?°)?(?:\s?[NS]\b)?(?<between>\s{0,2}[,;/\ ]\s{0,2})
        (?<two>[-+]?1?\d{1,2}\.\d{3,20})(?:\s?°(?!\s?[CF]\b))?(?:\s?[EWO]\b)?(?![\w.]*\d|\s?{{Unit}})
        """,
        Options)]
    private static partial Regex Pair();

    // Either order, further separators, and the decimal comma; the bounds are looked at behind the pattern.
    [GeneratedRegex(
        """
        (?<![A-Za-z\d.,%€$£¥])(?<one>[-+]?\d{1,3}(?<point>[.,])\d{4,20})(?:\s?°)?
        (?<between>\+|\s{0,2}[,;/|_]\s{0,2}|(?:,|;)?%20|%2C(?:%20|\+)?|\r?\n|\s{1,3}|\s(?:and|et|und|y|e|и|&)\s)
        (?<two>[-+]?\d{1,3}\k<point>\d{4,20})(?:\s?°)?
        (?![\w%°]|[.,]\d|\s?(?:ns|us|µs|ms|s|secs?|seconds|min|[kmgt]i?b|x|×|req|op)\b|\s?[%×])
        """,
        Options)]
    private static partial Regex LoosePair();

    // A number goes as a whole or not at all.
    [GeneratedRegex($$"""(?<name>\b(?:{{PlaceWords.Halves}})\\{0,8}["']?\s?[:=]\s?\\{0,8}["']?)(?>[-+]?\d{1,3}(?:(?<point>[.,])\d{1,20})?)(?!\d|\k<point>\d|\s?{{NoDegrees}})""", Options)]
    private static partial Regex NamedNumber();

    // Behind the name of one half in several languages, or with four decimals behind that of a whole.
    [GeneratedRegex(
        $$"""
        (?<name>(?:(?<![A-Za-z\d])|(?<=%[0-9A-F]{2}))(?:{{PlaceWords.Halves}}|{{PlaceWords.HalvesElsewhere}}|gps|[北南][纬緯]|[东西東][经経]|[纬緯经経]度)(?:[_-]?deg(?:rees)?)?
            \\{0,8}["'’]?\s{0,2}(?:[:=：]|%3D)?\s{0,2}\\{0,8}["']?)[-+]?\d{1,3}[.,]\d{2,20}(?!\d|%(?!2)|[.,]\d|\s?(?:[mnuµ]?s|secs?|seconds)\b)
        |(?<name>(?<![A-Za-z\d])(?:{{PlaceWords.Pairs}}|{{PlaceWords.Wholes}}|position|standort|ubicación|posición|координаты|位置)\\{0,8}["']?\s{0,2}(?:[:=：]|%3D)?\s{0,2}\\{0,8}["'\[(]?)[-+]?\d{1,3}[.,]\d{4,20}(?!\d|%(?!2)|[.,]\d|\s?(?:[mnuµ]?s|secs?|seconds)\b)
        """,
        Options)]
    private static partial Regex NamedDecimal();

    // A word of every language, and one half beside another.
    [GeneratedRegex(
        """
        (?<name>(?<![\p{L}\d])long(?:\\{0,8}["'])?\s{0,2}[:=：]\s{0,2}(?:\\{0,8}["'])?)[-+]?\d{1,3}(?:[.,]\d{1,20})?(?![\d%]|[.,]\d|\s?(?:[mnuµ]?s|secs?|seconds)\b)
        |(?<name>(?<![\p{L}\d])long\s{1,2})[-+]?\d{1,3}[.,]\d{2,20}(?![\d%]|[.,]\d|\s?(?:[mnuµ]?s|secs?|seconds)\b)
        """,
        Options)]
    private static partial Regex NamedLong();

    [GeneratedRegex($$"""(?<![\p{L}\d])(?:{{PlaceWords.Halves}}|{{PlaceWords.HalvesElsewhere}})(?:[_-]?deg(?:rees)?)?[^\p{L}\d\[]{0,8}\[REDACTED\]""", Options)]
    private static partial Regex MarkedHalf();

    private static bool IsBesideHalf(string text, Match match)
    {
        var start = Math.Max(0, match.Index - Beside);
        return MarkedHalf().IsMatch(text.AsSpan(start, Math.Min(text.Length, match.Index + match.Length + Beside) - start));
    }

    // With nothing but digits and a separator; a hemisphere says that they are degrees.
    private static bool IsRatios(Match match) =>
        Math.Max(Math.Abs(NumberOf(match.Groups["one"])), Math.Abs(NumberOf(match.Groups["two"]))) < LeastFromZero && match.ValueSpan.IndexOfAny(Hemispheres) < 0;

    // As of three times: 1.234, 5.678, 9.012. With more decimals a place has its height beside it, or further places.
    private static bool IsRow(string text, Match match)
    {
        var between = match.Groups["between"].ValueSpan;
        if (!HasThreeDecimals(match.Groups["one"].ValueSpan) || !HasThreeDecimals(match.Groups["two"].ValueSpan) || match.ValueSpan.IndexOfAny(Hemispheres) >= 0)
        {
            return false;
        }

        var before = text.AsSpan(Math.Max(0, match.Index - Reach), Math.Min(match.Index, Reach));
        var behind = text.AsSpan(match.Index + match.Length);
        behind = behind[..Math.Min(behind.Length, Reach)];
        return (before.EndsWith(between) && HasThreeDecimals(before[(before[..^between.Length].LastIndexOfAnyExcept(Numeric) + 1)..^between.Length]))
            || (behind.StartsWith(between) && HasThreeDecimals(behind[between.Length..]));
    }

    private static bool HasThreeDecimals(ReadOnlySpan<char> number)
    {
        number = number.TrimStart("+-");
        number = number.IndexOfAnyExcept(Numeric) is >= 0 and var end ? number[..end].TrimEnd('.') : number.TrimEnd('.');
        return number.IndexOf('.') is > 0 and var point && number.Length - point - 1 == ThreeDecimals;
    }

    private static bool IsPair(string text, Match match)
    {
        var (one, two) = (Math.Abs(NumberOf(match.Groups["one"])), Math.Abs(NumberOf(match.Groups["two"])));
        var isInRange = Math.Max(one, two) <= MostLongitude && Math.Min(one, two) <= MostLatitude && Math.Max(one, two) >= LeastFromZero;
        return isInRange && !GoesOn(text, match) && !IsRange(text, match.Index);
    }

    // Three numbers with the same thing between them are a row of a table.
    private static bool GoesOn(string text, Match match)
    {
        var between = match.Groups["between"].ValueSpan;
        var before = text.AsSpan(0, match.Index);
        var behind = text.AsSpan(match.Index + match.Length);
        return (before.EndsWith(between) && before[..^between.Length] is [.., >= '0' and <= '9'])
            || (behind.StartsWith(between) && behind[between.Length..].TrimStart("+-") is [>= '0' and <= '9', ..]);
    }

    private static bool IsRange(string text, int at)
    {
        var before = text.AsSpan(Math.Max(0, at - Reach), Math.Min(at, Reach)).TrimEnd();
        return before.EndsWith("between", StringComparison.OrdinalIgnoreCase) || before.EndsWith("zwischen", StringComparison.OrdinalIgnoreCase) || before.EndsWith("entre", StringComparison.OrdinalIgnoreCase);
    }

    private static double NumberOf(Group group) => NumberOf(group.ValueSpan);

    /// <summary>A number as it stands in a text.</summary>
    internal static double NumberOf(ReadOnlySpan<char> text)
    {
        Span<char> plain = stackalloc char[text.Length];
        text.Replace(plain, ',', '.');
        return double.Parse(plain, NumberStyles.Float, CultureInfo.InvariantCulture);
    }
}
