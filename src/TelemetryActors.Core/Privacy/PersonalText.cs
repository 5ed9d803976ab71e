using System.Net;
using System.Text.RegularExpressions;

namespace TelemetryActors.Privacy;

/// <summary>What a text says of a person beside the redactor's findings: users in paths, addresses of machines (S1.11).</summary>
/// <remarks>Each pattern is bounded, so the time is linear in the text. In doubt it takes out too much: it works for sinks that send to others.</remarks>
internal static partial class PersonalText
{
    private const int VersionReach = 12;

    /// <summary>The text with <see cref="Redactor.Mark"/> in place of each finding; the same text when there is none.</summary>
    public static string Strip(string text)
    {
        text = text.AsSpan().IndexOfAny('/', '\\') < 0 ? text : MarkedText.Of(text, InPath());
        if (!WideDigits.OrAsciiAreIn(text) && !text.Contains(':', StringComparison.Ordinal))
        {
            return text;
        }

        text = MarkedText.OfNumbers(text, HardwareAddress());
        text = MarkedText.OfNumbers(text, Ip6(), (_, match) => IsPublicIp6(match.ValueSpan));
        text = MarkedText.OfNumbers(text, SecurityId());
        return MarkedText.OfNumbers(text, Ip4(), IsMachine);
    }

    // A name with blanks counts only when a path goes on behind it. An escaped separator is no name.
    [GeneratedRegex("""(?<name>(?:home|Users|Documents and Settings)[/\\]{1,4}(?!(?<=\\)u00(?:2F|5C)))(?:[^/\\\r\n"'<>:;,|?*\[]{1,64}(?=[/\\])|[^/\\\s"'<>:;,|?*\[]{1,64})""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex InPath();

    [GeneratedRegex("""(?<![\w.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\w|\.\d)""", RegexOptions.CultureInvariant)]
    private static partial Regex Ip4();

    // The last two groups may be written as an address of four numbers.
    [GeneratedRegex("""(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4})(?![\w:]|\.\d)""", RegexOptions.CultureInvariant)]
    private static partial Regex Ip6();

    [GeneratedRegex("""(?<![\w:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])""", RegexOptions.CultureInvariant)]
    private static partial Regex HardwareAddress();

    // The name of a Windows account: its last numbers say which one.
    [GeneratedRegex("""(?<!\w)S-1-5-21(?:-\d{1,10}){3,4}(?!\w)""", RegexOptions.CultureInvariant)]
    private static partial Regex SecurityId();

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
