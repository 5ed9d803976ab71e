using System.Buffers;

namespace TelemetryActors.Privacy;

/// <summary>What stands behind <c>Authorization:</c>, <c>Cookie:</c> and <c>Set-Cookie:</c>: the credential alone, not the scheme before it.</summary>
/// <remarks>
/// A member in quotes (<c>"Cookie":"sesame"</c>) holds one unless its first word says something about it. Without quotes it may be a sentence
/// (<c>authorization: denied by policy x</c>): then a word of letters is one only when it stands alone.
/// </remarks>
internal static class HeaderFinder
{
    private const int MinLength = 4;
    private const int MinToken = 8;
    private const int PlainToken = 16;
    private const int MaxPreferences = 8;
    private const int LongestPreferences = 1024;

    // What a sentence or an object ends with.
    private const string Closing = ".!?)]}";

    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n\"'`");
    private static readonly SearchValues<char> ListEnds = SearchValues.Create("\r\n'`");
    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> Alphanumeric = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly SearchValues<char> CookieName =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.$!#%*+~|^");

    // The first word of an Authorization header; behind some of them stands a list.
    private static readonly string[] Schemes = ["basic", "bearer", "token", "apikey", "key", "negotiate", "ntlm"];
    private static readonly string[] SchemesOfLists = ["digest", "hawk", "signature", "oauth", "aws4-hmac-sha256"];

    // What a cookie says of a page and not of whom, and what a server adds to one.
    private static readonly string[] Preferences =
        ["lang", "language", "locale", "theme", "tz", "timezone", "currency", "max-age", "path", "domain", "expires", "samesite", "secure", "httponly", "priority", "partitioned"];

    /// <summary>Looks at what stands behind an <c>Authorization</c> header's colon, from its begin on; the finding's places count from there.</summary>
    public static Finding Authorization(ref ValueScan scan, ReadOnlySpan<char> rest, bool isKey, bool isQuoted)
    {
        var first = NamedValueFinder.First(rest[..Math.Min(rest.Length, NamedValueFinder.Glance)]);
        var (isScheme, isOfLists) = (IsOneOf(Schemes, first), IsOneOf(SchemesOfLists, first));
        if (isKey && isQuoted)
        {
            return Member(rest, isScheme || isOfLists ? first.Length : 0);
        }

        if (first.Length + 1 >= rest.Length || rest[first.Length] != ' ')
        {
            return !isScheme && !isOfLists && (IsCredential(first, PlainToken) || IsWordAlone(first, rest[first.Length..]))
                ? new Finding(0, isQuoted ? rest.Length : NamedValueFinder.First(rest).Length)
                : Finding.None;
        }

        var start = first.Length + 1;
        if (isOfLists)
        {
            if (rest[start] == Redactor.Mark[0] || !rest[start..Math.Min(rest.Length, start + NamedValueFinder.Glance)].Contains('='))
            {
                return Finding.None;
            }

            var length = isQuoted ? -1 : rest.IndexOfAny(ListEnds);
            return new Finding(start, length < 0 ? rest.Length : length);
        }

        var credential = isScheme ? NamedValueFinder.First(rest[start..]) : first;
        start = isScheme ? start : 0;
        scan.Steps += credential.Length;
        var behind = rest[(start + credential.Length)..];
        return IsCredential(credential, isScheme ? MinToken : PlainToken) || (isScheme ? IsAlone(credential, behind) : IsWordAlone(credential, behind))
            ? new Finding(start, start + credential.Length)
            : Finding.None;
    }

    /// <summary>The same behind a cookie's header: <c>name=value</c> to the end of the line, or a word that stands alone.</summary>
    public static Finding Cookie(ref ValueScan scan, ReadOnlySpan<char> rest, bool isKey, bool isQuoted)
    {
        var name = rest[..Math.Min(rest.Length, NamedValueFinder.Glance)].IndexOfAnyExcept(CookieName);
        if (name <= 0 || rest[name] != '=')
        {
            return isKey && isQuoted ? Member(rest, 0) : CookieWord(rest, isQuoted);
        }

        // Preferences are passed over, so the line is not read to its end for each of them; a line longer than this is taken for more than preferences.
        var near = rest[..Math.Min(rest.Length, LongestPreferences)];
        var length = isQuoted ? -1 : near.IndexOfAny(LineEnds);
        near = length < 0 ? near : near[..length];
        scan.Steps += near.Length;
        if ((length >= 0 || near.Length == rest.Length) && ArePreferences(near))
        {
            return Finding.None;
        }

        length = isQuoted || length >= 0 ? length : rest.IndexOfAny(LineEnds);
        return new Finding(0, length < 0 ? rest.Length : length);
    }

    private static Finding CookieWord(ReadOnlySpan<char> rest, bool isQuoted)
    {
        var word = NamedValueFinder.First(rest[..Math.Min(rest.Length, NamedValueFinder.Glance)]);
        var behind = rest[word.Length..];
        var isId = word.Length >= MinToken && word.IndexOfAnyExcept(Alphanumeric) < 0 && word.ContainsAny(DigitGroups.Digit) && word.ContainsAny(Letters) && !GoesOn(behind);
        if (!isId && !IsWordAlone(word, behind))
        {
            return Finding.None;
        }

        var length = isQuoted ? -1 : behind is [';', ..] ? rest.IndexOfAny(LineEnds) : NamedValueFinder.First(rest).Length;
        return new Finding(0, length < 0 ? rest.Length : length);
    }

    // All of it but the scheme.
    private static Finding Member(ReadOnlySpan<char> value, int scheme)
    {
        var start = scheme;
        while (start < value.Length && value[start] == ' ')
        {
            start++;
        }

        var rest = value[start..];
        var isNone = rest.IsEmpty || rest.StartsWith(Redactor.Mark) || PlainWords.AreTemplate(rest)
            || PlainWords.AreNoCredential(NamedValueFinder.First(rest[..Math.Min(rest.Length, NamedValueFinder.Glance)]));
        return isNone ? Finding.None : new Finding(start, value.Length);
    }

    // With a digit, padding or a capital within it is no word.
    private static bool IsCredential(ReadOnlySpan<char> text, int plain) =>
        text.Length >= MinLength && text[0] != Redactor.Mark[0] && !PlainWords.AreTemplate(text)
        && (text[^1] == '=' || (text.Length >= MinToken && text.ContainsAny(DigitGroups.Digit)) || (text.Length >= plain && text[1..].IndexOfAnyInRange('A', 'Z') >= 0 && text.IndexOfAnyInRange('a', 'z') >= 0));

    private static bool IsWordAlone(ReadOnlySpan<char> word, ReadOnlySpan<char> behind) => PlainWords.AreLetters(word.TrimEnd(Closing)) && IsAlone(word, behind);

    // Behind a scheme stands a credential of any form.
    private static bool IsAlone(ReadOnlySpan<char> word, ReadOnlySpan<char> behind) =>
        word.TrimEnd(Closing).Length >= MinLength && word[0] != Redactor.Mark[0] && word.ContainsAny(Letters)
        && !PlainWords.AreTemplate(word) && !PlainWords.AreNoCredential(word) && !GoesOn(behind);

    // Behind a comma stands a further word of a sentence, or a further header.
    private static bool GoesOn(ReadOnlySpan<char> behind) => PlainWords.GoOn(behind is [',', ..] ? behind[1..] : behind);

    private static bool ArePreferences(ReadOnlySpan<char> pairs)
    {
        for (var count = 0; count < MaxPreferences && !pairs.IsEmpty; count++)
        {
            var end = pairs.IndexOf(';');
            var pair = end < 0 ? pairs : pairs[..end];
            pairs = end < 0 ? default : pairs[(end + 1)..];
            var name = pair.IndexOf('=');
            if (!IsOneOf(Preferences, (name < 0 ? pair : pair[..name]).Trim()))
            {
                return false;
            }
        }

        return pairs.IsEmpty;
    }

    private static bool IsOneOf(string[] words, ReadOnlySpan<char> word)
    {
        foreach (var one in words)
        {
            if (word.Equals(one, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
