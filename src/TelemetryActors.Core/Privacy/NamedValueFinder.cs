using System.Buffers;
using TelemetryActors.Encoding;

namespace TelemetryActors.Privacy;

/// <summary>Values behind a sensitive name and a colon: JSON within a text, YAML, headers and <c>password: ...</c>.</summary>
/// <remarks>A name in quotes is a key, and its value goes whatever it is. Without quotes it may be a sentence: then the value must look like a secret.</remarks>
internal static class NamedValueFinder
{
    /// <summary>How many blanks, quotes and backslashes may stand between a name and its colon.</summary>
    public const int MaxGap = 8;

    private const int MaxBlanks = 4;

    // What is looked at of a value before it is known to be one.
    private const int Glance = 64;

    private const int MinDigits = 4;
    private const int MinToken = 8;
    private const int MaxPreferences = 8;
    private const int LongestPreferences = 1024;
    private const int PlainToken = 16;

    private static readonly SensitiveNames Cookies = new("cookie");
    private static readonly SensitiveNames Authorizations = new("authorization");
    private static readonly SensitiveNames Tokens = new("token");

    // A number or an address behind these is found by its own form.
    private static readonly SensitiveNames OfKnownForm = new("email", "ssn", "creditCard");

    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n\f\v\0,;\"'`<>");
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n\"'`");
    private static readonly SearchValues<char> ListEnds = SearchValues.Create("\r\n'`");
    private static readonly SearchValues<char> Alphanumeric = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly SearchValues<char> CookieName =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.$!#%*+~|^");

    // The first word of an Authorization header; behind some of them stands a list.
    private static readonly string[] Schemes = ["basic", "bearer", "token", "apikey", "key", "negotiate", "ntlm"];
    private static readonly string[] SchemesOfLists = ["digest", "hawk", "signature", "oauth", "aws4-hmac-sha256"];

    // What a cookie says of a page and not of whom, and what a server adds to one.
    private static readonly string[] Preferences =
        ["lang", "language", "locale", "theme", "tz", "timezone", "currency", "max-age", "path", "domain", "expires", "samesite", "secure", "httponly", "priority", "partitioned"];

    /// <summary>Headers that carry a credential, which are no names of fields: sensitive behind a colon alone.</summary>
    public static string[] Headers { get; } = ["authorization", "cookie"];

    /// <summary>Looks to both sides of a colon; the value alone is the finding.</summary>
    public static Finding Find(ref ValueScan scan, int at)
    {
        var text = scan.Text;
        var name = NameBefore(ref scan, at, out var isKey);
        if (name.IsEmpty || !scan.Named.Matches(name))
        {
            return Finding.None;
        }

        var from = at + 1;
        while (from < text.Length && from - at <= MaxBlanks && text[from] is ' ' or '\t')
        {
            from++;
        }

        var value = text[from..];
        var isQuoted = TryUnquote(ref value, out var skipped);
        from += skipped;
        scan.Steps += isQuoted ? value.Length : Math.Min(value.Length, Glance);
        var finding = value.IsEmpty || value.StartsWith(Redactor.Mark) ? Finding.None
            : Authorizations.Matches(name) ? Authorization(ref scan, value, isQuoted)
            : Cookies.Matches(name) ? Cookie(ref scan, value, isQuoted)
            : isKey && isQuoted ? new Finding(0, value.Length)
            : Plain(value, name, isKey, isQuoted);
        scan.Steps += finding.End;
        return finding.IsFound ? new Finding(from + finding.Start, from + finding.End) : Finding.None;
    }

    private static ReadOnlySpan<char> NameBefore(ref ValueScan scan, int at, out bool isKey)
    {
        var text = scan.Text;
        var end = at;
        isKey = false;
        while (end > scan.Floor && at - end < MaxGap && text[end - 1] is ' ' or '\t' or '"' or '\'' or '`' or '\\')
        {
            isKey |= text[end - 1] is '"' or '\'' or '`';
            end--;
        }

        if (end - scan.Floor < 2 || !scan.Named.MayEndIn(text[end - 2], text[end - 1]))
        {
            return default;
        }

        var start = end;
        while (start > scan.Floor && end - start < AssignmentFinder.MaxName && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '-' or '.'))
        {
            start--;
        }

        scan.Steps += at - start;
        return text[start..end];
    }

    // Within JSON that is itself a text of JSON, a quote stands behind backslashes.
    private static bool TryUnquote(ref ReadOnlySpan<char> value, out int skipped)
    {
        var escapes = Math.Max(0, value[..Math.Min(value.Length, MaxBlanks)].IndexOfAnyExcept('\\'));
        skipped = 0;
        if (escapes >= value.Length || value[escapes] is not ('"' or '\'' or '`'))
        {
            return false;
        }

        var quote = value[escapes];
        skipped = escapes + 1;
        value = value[skipped..];
        for (var end = value.IndexOf(quote); end >= 0;)
        {
            var before = end - (value[..end].LastIndexOfAnyExcept('\\') + 1);
            if (escapes == 0 ? before % 2 == 0 : before <= escapes)
            {
                value = value[..(end - (escapes == 0 ? 0 : before))];
                return true;
            }

            var further = value[(end + 1)..].IndexOf(quote);
            end = further < 0 ? -1 : end + 1 + further;
        }

        return true;
    }

    private static Finding Plain(ReadOnlySpan<char> rest, ReadOnlySpan<char> name, bool isKey, bool isQuoted)
    {
        var value = isQuoted ? rest : First(rest[..Math.Min(rest.Length, Glance)]);
        var behind = rest[value.Length..];
        if (value.IsEmpty || (!isKey && OfKnownForm.Matches(name)) || PlainWords.AreTemplate(value) || PlainWords.AreNoSecret(value) || behind is ['<', ..])
        {
            return Finding.None;
        }

        var letters = PlainWords.Measure(value);
        var isWord = value[letters..].IndexOfAnyExcept(".!?") < 0;
        var isSecret = isKey ? isWord || value.Length >= MinDigits
            : Tokens.Matches(name) ? IsToken(value)
            : isWord ? isQuoted || !PlainWords.GoOn(behind)
            : value.Length >= MinToken || (value.Length >= MinDigits && value.ContainsAny(DigitGroups.Digit));
        return isSecret ? new Finding(0, isQuoted ? value.Length : First(rest).Length) : Finding.None;
    }

    // A parser's token is a word, a sign or a short number, that of a list's next page often an instant.
    private static bool IsToken(ReadOnlySpan<char> value) => value.ContainsAny(DigitGroups.Digit)
        && !(value.Length <= InstantText.MaxChars && InstantText.TryParse(value.TrimEnd(".!?)]}"), out _))
        && (value.Length >= PlainToken || (value.Length >= MinToken && value.IndexOfAnyExcept(Alphanumeric) < 0 && value.IndexOfAnyExceptInRange('0', '9') >= 0));

    private static Finding Authorization(ref ValueScan scan, ReadOnlySpan<char> rest, bool isQuoted)
    {
        var first = First(rest[..Math.Min(rest.Length, Glance)]);
        if (first.Length + 1 >= rest.Length || rest[first.Length] != ' ')
        {
            return !IsOneOf(SchemesOfLists, first) && IsCredential(first, PlainToken) ? new Finding(0, isQuoted ? rest.Length : First(rest).Length) : Finding.None;
        }

        var start = first.Length + 1;
        if (IsOneOf(SchemesOfLists, first))
        {
            if (rest[start] == Redactor.Mark[0] || !rest[start..Math.Min(rest.Length, start + Glance)].Contains('='))
            {
                return Finding.None;
            }

            var length = isQuoted ? -1 : rest.IndexOfAny(ListEnds);
            return new Finding(start, length < 0 ? rest.Length : length);
        }

        var isScheme = IsOneOf(Schemes, first);
        var credential = isScheme ? First(rest[start..]) : first;
        start = isScheme ? start : 0;
        scan.Steps += credential.Length;
        return IsCredential(credential, isScheme ? MinToken : PlainToken) ? new Finding(start, start + credential.Length) : Finding.None;
    }

    // With a digit, padding or a capital within it is no word.
    private static bool IsCredential(ReadOnlySpan<char> text, int plain) =>
        text.Length >= MinDigits && text[0] != Redactor.Mark[0] && !PlainWords.AreTemplate(text)
        && (text[^1] == '=' || (text.Length >= MinToken && text.ContainsAny(DigitGroups.Digit)) || (text.Length >= plain && text[1..].IndexOfAnyInRange('A', 'Z') >= 0 && text.IndexOfAnyInRange('a', 'z') >= 0));

    private static Finding Cookie(ref ValueScan scan, ReadOnlySpan<char> rest, bool isQuoted)
    {
        var name = rest[..Math.Min(rest.Length, Glance)].IndexOfAnyExcept(CookieName);
        if (name <= 0 || rest[name] != '=')
        {
            return Finding.None;
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

    private static ReadOnlySpan<char> First(ReadOnlySpan<char> text) => text.IndexOfAny(Ends) is >= 0 and var end ? text[..end] : text;
}
