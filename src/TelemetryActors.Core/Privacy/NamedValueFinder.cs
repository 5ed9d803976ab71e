using System.Buffers;
using TelemetryActors.Encoding;

namespace TelemetryActors.Privacy;

/// <summary>Values behind a sensitive name and a colon: JSON within a text, YAML, headers and <c>password: ...</c>.</summary>
/// <remarks>A name in quotes is a key, and its value goes whatever it is. Without quotes it may be a sentence: then the value must look like a secret.</remarks>
internal static class NamedValueFinder
{
    /// <summary>How many blanks, quotes and backslashes may stand between a name and its colon.</summary>
    public const int MaxGap = 8;

    /// <summary>What is looked at of a value before it is known to be one.</summary>
    public const int Glance = 64;

    private const int MaxBlanks = 4;

    private const int MinDigits = 4;
    private const int MinToken = 8;
    private const int PlainToken = 16;

    private static readonly SensitiveNames Cookies = new("cookie");
    private static readonly SensitiveNames Authorizations = new("authorization");
    private static readonly SensitiveNames Tokens = new("token");

    // A number or an address behind these is found by its own form.
    private static readonly SensitiveNames OfKnownForm = new("email", "ssn", "creditCard");

    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n\f\v\0,;\"'`<>");
    private static readonly SearchValues<char> Alphanumeric = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>Headers that carry a credential: sensitive as a field's name and behind a colon, and no name of an assignment.</summary>
    public static string[] Headers { get; } = ["authorization", "cookie"];

    /// <summary>Whether a name is that of such a header.</summary>
    public static bool IsHeader(ReadOnlySpan<char> name) => Authorizations.Matches(name) || Cookies.Matches(name);

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
            : Authorizations.Matches(name) ? HeaderFinder.Authorization(ref scan, value, isKey, isQuoted)
            : Cookies.Matches(name) ? HeaderFinder.Cookie(ref scan, value, isKey, isQuoted)
            : isKey && isQuoted ? new Finding(0, value.Length)
            : Plain(value, name, isKey, isQuoted);
        scan.Steps += finding.End;
        if (!finding.IsFound)
        {
            return Finding.None;
        }

        var (start, end) = (from + finding.Start, from + finding.End);
        return new Finding(start, isQuoted ? end : GroupedValue.End(ref scan, name, start, end));
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

    /// <summary>What a text begins with, to where a value without quotes ends.</summary>
    public static ReadOnlySpan<char> First(ReadOnlySpan<char> text) => text.IndexOfAny(Ends) is >= 0 and var end ? text[..end] : text;
}
