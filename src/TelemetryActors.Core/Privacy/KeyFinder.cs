using System.Buffers;

namespace TelemetryActors.Privacy;

/// <summary>Credentials that are known by how they begin: issuers' keys, web tokens, bearer tokens and private keys.</summary>
internal static class KeyFinder
{
    private const string Bearer = "bearer ";
    private const string WebToken = "eyJ";
    private const string Option = "--";
    private const string Webhook = "hooks.slack.com/services/";
    private const int MinSegment = 8;
    private const int MinWebhook = 20;
    private const int MaxOptionGap = 5;
    private const int MinBearer = 8;
    private const int PlainBearer = 32;
    private const int LettersOfBearer = 12;

    private static readonly SearchValues<char> OptionName = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private static readonly SearchValues<char> Base64Url =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly SearchValues<char> Path =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/");

    private static readonly SearchValues<char> BearerToken =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    /// <summary>How credentials begin; compared without case, each finder looks again.</summary>
    public static SearchValues<string> Prefixes { get; } = SearchValues.Create(
        [.. KeyFormat.WellKnown.Select(format => format.Prefix), Bearer, WebToken, PrivateKey.Begin, Option, Webhook],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Looks for a credential that begins at a prefix.</summary>
    public static Finding Find(ref ValueScan scan, int at, out int next)
    {
        var rest = scan.Text[at..];
        next = at + 1;
        var steps = (long)PrivateKey.Begin.Length;
        var finding = (char)(rest[0] | 0x20) switch
        {
            '-' when rest.StartsWith(PrivateKey.Begin) => PrivateKey.Find(rest, ref steps),
            '-' => FindOption(ref scan, at, ref steps),
            'h' when rest.StartsWith(Webhook, StringComparison.OrdinalIgnoreCase) => FindWebhook(rest, ref steps),
            'b' => FindBearer(rest, scan.Before(at), ref steps),
            'e' => FindWebToken(rest, scan.Before(at), ref steps),
            _ => FindWellKnown(rest, scan.Before(at), ref steps),
        };

        scan.Steps += steps;
        return finding.IsFound ? new Finding(at + finding.Start, at + finding.End) : Finding.None;
    }

    private static Finding FindWellKnown(ReadOnlySpan<char> rest, char before, ref long steps)
    {
        foreach (var format in KeyFormat.WellKnown)
        {
            if (format.Measure(rest, before, ref steps) is > 0 and var length)
            {
                return new Finding(0, length);
            }
        }

        return Finding.None;
    }

    private static Finding FindWebToken(ReadOnlySpan<char> rest, char before, ref long steps)
    {
        if (!rest.StartsWith(WebToken) || before == '-' || DigitGroups.IsWord(before))
        {
            return Finding.None;
        }

        var header = Length(rest, Base64Url, ref steps);
        if (header < MinSegment || header == rest.Length || rest[header] != '.')
        {
            return Finding.None;
        }

        var payload = Length(rest[(header + 1)..], Base64Url, ref steps);
        if (payload < MinSegment)
        {
            return Finding.None;
        }

        var end = header + 1 + payload;
        var isSigned = end < rest.Length && rest[end] == '.';
        return new Finding(0, isSigned ? end + 1 + Length(rest[(end + 1)..], Base64Url, ref steps) : end);
    }

    // The word "bearer" stays. What follows is a token and no word when it is long or holds a digit, or has twelve letters and says nothing about one.
    private static Finding FindBearer(ReadOnlySpan<char> rest, char before, ref long steps)
    {
        if (!rest.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) || DigitGroups.IsWord(before))
        {
            return Finding.None;
        }

        var token = rest[Bearer.Length..];
        token = token[..Length(token, BearerToken, ref steps)];

        // Padding stands at a token's end; anything else behind an equals sign makes it an assignment.
        token = token[token.TrimEnd('=').IndexOf('=') is >= 0 and var equals ? ..equals : ..];
        var isToken = token.Length >= PlainBearer || (token.Length >= MinBearer && token.ContainsAny(DigitGroups.Digit)) || IsWordOfBearer(rest, token);
        return isToken ? new Finding(Bearer.Length, Bearer.Length + token.Length) : Finding.None;
    }

    // The bearer acknowledges receipt: a small letter at the begin and a sentence that goes on.
    private static bool IsWordOfBearer(ReadOnlySpan<char> rest, ReadOnlySpan<char> token)
    {
        var letters = token.TrimEnd(".=");
        return letters.Length >= LettersOfBearer && PlainWords.AreLetters(letters) && !PlainWords.AreNoCredential(letters)
            && (rest[0] == 'B' || !PlainWords.GoOn(rest[(Bearer.Length + token.Length)..]));
    }

    // What follows the host is what lets one write to the channel.
    private static Finding FindWebhook(ReadOnlySpan<char> rest, ref long steps)
    {
        var length = Length(rest[Webhook.Length..], Path, ref steps);
        return length >= MinWebhook ? new Finding(Webhook.Length, Webhook.Length + length) : Finding.None;
    }

    // --password VALUE: the value behind a command line's option of a sensitive name, in a line or in a list of arguments.
    private static Finding FindOption(ref ValueScan scan, int at, ref long steps)
    {
        var rest = scan.Text[at..];
        var before = scan.Before(at);
        var name = rest[Option.Length..];
        name = name[..Math.Min(name.Length, AssignmentFinder.MaxName)];
        if (name.IsEmpty || !char.IsAsciiLetter(name[0]) || before is '-' || DigitGroups.IsWord(before))
        {
            return Finding.None;
        }

        var end = name.IndexOfAnyExcept(OptionName);
        steps += end < 0 ? name.Length : end;
        if (end <= 0 || !scan.Assigned.Matches(name[..end]))
        {
            return Finding.None;
        }

        var start = Option.Length + end;
        var gap = rest[start..Math.Min(rest.Length, start + MaxOptionGap)];
        var blanks = gap.IndexOfAnyExcept(" ,\"'\\");
        blanks = blanks < 0 ? gap.Length : blanks;
        if (gap[..blanks].IndexOfAny(' ', ',') < 0)
        {
            return Finding.None;
        }

        start += blanks;
        var value = rest[start..];
        var isQuoted = gap[blanks - 1] is '"' or '\'';
        var length = isQuoted ? value.IndexOf(gap[blanks - 1]) : value.IndexOfAny(AssignmentFinder.Ends);
        value = length < 0 ? value : value[..length];
        steps += value.Length;
        if (value.IsEmpty || value[0] == '-' || value.StartsWith(Redactor.Mark) || PlainWords.AreNoSecret(value))
        {
            return Finding.None;
        }

        var behind = start + value.Length;
        return new Finding(start, isQuoted ? behind : GroupedValue.End(ref scan, name[..end], at + start, at + behind) - at);
    }

    private static int Length(ReadOnlySpan<char> text, SearchValues<char> characters, ref long steps)
    {
        var length = text.IndexOfAnyExcept(characters);
        length = length < 0 ? text.Length : length;
        steps += length;
        return length;
    }
}
