using System.Buffers;
using System.Globalization;
using System.Text;
using TelemetryActors.Privacy;

namespace TelemetryActors.Cli.Ingest;

/// <summary>Redacts what was refused: it need not be JSON, so members are found by their colons and not by their grammar (S2.55, S2.56).</summary>
/// <remarks>In doubt it takes out too much: what is broken has no end that could be trusted.</remarks>
internal static class RefusedText
{
    private const int MaxName = 256;
    private const string Escape = "\\u";
    private const int EscapeLength = 6;

    /// <summary>What a value without quotes ends at.</summary>
    private static readonly SearchValues<char> Ends = SearchValues.Create(", \t}]&;");

    /// <summary>The text without secrets; the same text when there are none.</summary>
    public static string Redact(string text, Redactor redactor)
    {
        var unfolded = Unfold(text);
        var members = WithoutMembers(unfolded, redactor);
        var redacted = redactor.Redact(members) ?? members;
        return redacted == unfolded ? text : redacted;
    }

    /// <summary>The bytes of a text that is not UTF-8 without secrets: each byte is looked at as a character of its own.</summary>
    public static byte[] Redact(ReadOnlySpan<byte> bytes, Redactor redactor) =>
        System.Text.Encoding.Latin1.GetBytes(Redact(System.Text.Encoding.Latin1.GetString(bytes), redactor));

    private static string WithoutMembers(string text, Redactor redactor)
    {
        var kept = new StringBuilder(text.Length);
        var from = 0;
        for (var colon = text.IndexOf(':', StringComparison.Ordinal); colon >= 0; colon = text.IndexOf(':', Math.Max(colon + 1, from)))
        {
            var name = NameBefore(text.AsSpan(from, colon - from), out var isQuoted);
            if (!redactor.IsSensitiveName(name) || (!isQuoted && NamedValueFinder.IsHeader(name)))
            {
                continue;
            }

            var (start, end) = ValueBehind(text, colon + 1);
            kept.Append(text, from, start - from).Append(Redactor.Mark);
            from = end;
            if (from >= text.Length)
            {
                break;
            }
        }

        return from == 0 ? text : kept.Append(text, from, text.Length - from).ToString();
    }

    // In quotes of either kind, escaped or not, or bare. What stands behind a header's bare name has blanks, and is the redactor's.
    private static ReadOnlySpan<char> NameBefore(ReadOnlySpan<char> text, out bool isQuoted)
    {
        text = text.TrimEnd();
        isQuoted = !text.IsEmpty && text[^1] is '"' or '\'' or '`';
        text = text[Math.Max(0, text.Length - MaxName)..];
        if (text.IsEmpty)
        {
            return text;
        }

        if (isQuoted)
        {
            var quote = text[^1];
            text = text[..^1].TrimEnd('\\');
            return text[(text.LastIndexOf(quote) + 1)..];
        }

        var start = text.Length;
        while (start > 0 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '-' or '.'))
        {
            start--;
        }

        return text[start..];
    }

    // Where the value is that begins at a place or behind blanks; without its quotes when it has any. What nothing ends reaches to the end.
    private static (int Start, int End) ValueBehind(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        var quote = at;
        while (quote < text.Length && text[quote] == '\\')
        {
            quote++;
        }

        if (quote < text.Length && text[quote] is '"' or '\'' or '`')
        {
            return (quote + 1, ClosingQuote(text, quote + 1, text[quote], escapes: quote - at));
        }

        if (at < text.Length && text[at] is '{' or '[')
        {
            return (at, ClosingBracket(text, at));
        }

        var end = text.AsSpan(at).IndexOfAny(Ends);
        return (at, end < 0 ? text.Length : at + end);
    }

    // A quote within the value stands behind more backslashes than the value's own.
    private static int ClosingQuote(string text, int from, char quote, int escapes)
    {
        for (var end = text.IndexOf(quote, from); end >= 0; end = text.IndexOf(quote, end + 1))
        {
            var slashes = end;
            while (slashes > from && text[slashes - 1] == '\\')
            {
                slashes--;
            }

            var count = end - slashes;
            if (escapes == 0 ? count % 2 == 0 : count <= escapes)
            {
                return slashes + (escapes == 0 ? count : 0);
            }
        }

        return text.Length;
    }

    private static int ClosingBracket(string text, int from)
    {
        var depth = 0;
        for (var at = from; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '"':
                    at = ClosingQuote(text, at + 1, '"', escapes: 0);
                    break;
                case '{' or '[':
                    depth++;
                    break;
                case '}' or ']' when --depth == 0:
                    return at + 1;
            }
        }

        return text.Length;
    }

    // Escapes hide names and findings. Those of quotes, backslashes, controls and halves of pairs stay: they hold the text together.
    private static string Unfold(string text)
    {
        if (!text.Contains(Escape, StringComparison.Ordinal))
        {
            return text;
        }

        var unfolded = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (IsEscape(text, at, out var character))
            {
                unfolded.Append(character);
                at += EscapeLength - 1;
            }
            else
            {
                unfolded.Append(text[at]);
            }
        }

        return unfolded.ToString();
    }

    private static bool IsEscape(string text, int at, out char character)
    {
        character = default;
        if (at + EscapeLength > text.Length || string.CompareOrdinal(text, at, Escape, 0, Escape.Length) != 0
            || !ushort.TryParse(text.AsSpan(at + Escape.Length, EscapeLength - Escape.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        character = (char)number;
        return !char.IsControl(character) && !char.IsSurrogate(character) && character is not ('"' or '\\');
    }
}
