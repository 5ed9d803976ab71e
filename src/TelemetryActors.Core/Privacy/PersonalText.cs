using System.Net;
using System.Text.RegularExpressions;

namespace TelemetryActors.Privacy;

/// <summary>What a text says of a person beside the redactor's findings: users in paths, addresses of machines, places (S1.11, S1.12).</summary>
/// <remarks>Each pattern is bounded, so the time is linear in the text. In doubt it takes out too much: it works for sinks that send to others.</remarks>
internal static partial class PersonalText
{
    private const int VersionReach = 12;

    /// <summary>The text with <see cref="Redactor.Mark"/> in place of each finding; the same text when there is none.</summary>
    public static string Strip(string text)
    {
        text = text.AsSpan().IndexOfAny('/', '\\') < 0 ? text : InPath().Replace(text, "$1" + Redactor.Mark);
        if (text.AsSpan().IndexOfAnyInRange('0', '9') < 0 && !text.Contains(':', StringComparison.Ordinal))
        {
            return text;
        }

        text = Position().Replace(text, Redactor.Mark);
        text = NamedPosition().Replace(text, "$1" + Redactor.Mark);
        text = HardwareAddress().Replace(text, Redactor.Mark);
        text = Ip6().Replace(text, match => IsPublicIp6(match.ValueSpan) ? Redactor.Mark : match.Value);
        text = SecurityId().Replace(text, Redactor.Mark);
        return Ip4().Replace(text, match => IsMachine(text, match) ? Redactor.Mark : match.Value);
    }

    /// <summary>The text without the numbers behind a name for a whole place; before the redactor, which takes the first of them alone.</summary>
    public static string StripPlaces(string text) =>
        text.AsSpan().IndexOfAnyInRange('0', '9') < 0 ? text : NamedPositions().Replace(text, "$1" + Redactor.Mark);

    // A name with blanks counts only when a path goes on behind it.
    [GeneratedRegex("""((?:home|Users|Documents and Settings)[/\\]{1,4})(?:[^/\\\r\n"'<>:;,|?*\[]{1,64}(?=[/\\])|[^/\\\s"'<>:;,|?*\[]{1,64})""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex InPath();

    [GeneratedRegex("""(?<![\w.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\w|\.\d)""", RegexOptions.CultureInvariant)]
    private static partial Regex Ip4();

    [GeneratedRegex("""(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])""", RegexOptions.CultureInvariant)]
    private static partial Regex Ip6();

    [GeneratedRegex("""(?<![\w:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])""", RegexOptions.CultureInvariant)]
    private static partial Regex HardwareAddress();

    // The name of a Windows account: its last numbers say which one.
    [GeneratedRegex("""(?<!\w)S-1-5-21(?:-\d{1,10}){3,4}(?!\w)""", RegexOptions.CultureInvariant)]
    private static partial Regex SecurityId();

    // Two decimal degrees, degrees with minutes, or what calls itself a position.
    [GeneratedRegex(
        """
        (?<![\w.])[-+]?(?:[0-8]?\d|90)\.\d{3,15}(?:\s?°)?(?:\s?[NS]\b)?\s{0,2}[,;/ ]\s{0,2}[-+]?1?\d{1,2}\.\d{3,15}(?:\s?°)?(?:\s?[EWO]\b)?(?![\w.]*\d)
        |\d{1,3}\s?°\s?\d{1,2}(?:\.\d{1,6})?\s?['′’](?:\s?\d{1,2}(?:\.\d{1,6})?\s?["″”])?\s?[NSEWO]\b
        |\bgeo:[-+]?\d{1,3}(?:\.\d{1,15})?,[-+]?\d{1,3}(?:\.\d{1,15})?
        |\bPOINT\s?\(\s?[-+]?\d{1,3}(?:\.\d{1,15})?\s[-+]?\d{1,3}(?:\.\d{1,15})?\s?\)
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Position();

    [GeneratedRegex("""(\b(?:lat|latitude|lon|lng|longitude)["']?\s?[:=]\s?["']?)[-+]?\d{1,3}(?:[.,]\d{1,15})?""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NamedPosition();

    // What stands behind a name for both at once: two numbers, or the four of a box.
    [GeneratedRegex("""(\b(?:latlng|latlon|latlong|lnglat|lonlat|bbox)["']?\s?[:=]\s?["'\[(]?)[-+]?\d{1,3}(?:\.\d{1,15})?(?:\s?[,; ]\s?[-+]?\d{1,3}(?:\.\d{1,15})?){1,3}""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NamedPositions();

    private static bool IsPublicIp6(ReadOnlySpan<char> text) =>
        IPAddress.TryParse(text, out var address) && !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.IPv6Any);

    // Four numbers behind the word are a version; the machine itself and no machine at all are nobody's address.
    private static bool IsMachine(string text, Match match)
    {
        var before = text.AsSpan(Math.Max(0, match.Index - VersionReach), Math.Min(match.Index, VersionReach)).TrimEnd(" =:\"'");
        return !before.EndsWith("version", StringComparison.OrdinalIgnoreCase)
            && !match.Value.StartsWith("127.", StringComparison.Ordinal)
            && match.Value is not "0.0.0.0" and not "255.255.255.255";
    }
}
