using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace TelemetryActors.Privacy;

/// <summary>The second look at what the prefilter marked: never stricter than the exact scan, much cheaper than decoding the text.</summary>
internal static class PrefilterChecks
{
    private const int MaxRun = 64;

    private static readonly SearchValues<byte> DigitBytes = SearchValues.Create("0123456789"u8);

    // How digits of Arabic, Persian, Devanagari and full width begin.
    private static readonly SearchValues<byte> WideLeads = SearchValues.Create([0xD9, 0xDB, 0xE0, 0xEF]);

    // The longest escape, that of a control character (\u001f), and one character behind it.
    private const int MaxEscape = 7;

    // Each character may be an escape of six bytes.
    private const int MaxName = 6 * SocialSecurityNumber.MaxDistance;

    // Three bytes a character.
    private const int MaxPhoneWord = 3 * PhoneWords.MaxDistance;

    /// <summary>Whether an equals sign may assign to a sensitive name.</summary>
    public static bool MayAssign(ReadOnlySpan<byte> text, int at, SensitiveNames assigned)
    {
        var end = at;
        while (end > 0 && at - end < 3 && text[end - 1] == ' ')
        {
            end--;
        }

        if (end < 2 || (text[end - 1] < 0x80 && text[end - 2] < 0x80 && !MayBeEscape(text, end - 2) && !assigned.MayEndIn((char)text[end - 2], (char)text[end - 1])))
        {
            return false;
        }

        var start = end;
        while (start > 0 && end - start < AssignmentFinder.MaxName && IsName(text[start - 1]))
        {
            if (text[--start] >= 0x80)
            {
                return true;
            }
        }

        if (start > 0 && text[start - 1] == '\\')
        {
            return true;
        }

        Span<char> name = stackalloc char[AssignmentFinder.MaxName];
        System.Text.Encoding.ASCII.GetChars(text[start..end], name);
        return assigned.Matches(name[..(end - start)]);
    }

    /// <summary>Whether a sensitive name may stand before a colon, in quotes or without.</summary>
    public static bool MayName(ReadOnlySpan<byte> text, int at, SensitiveNames named)
    {
        var end = at;
        while (end > 0 && at - end < NamedValueFinder.MaxGap && text[end - 1] is (byte)' ' or (byte)'"' or (byte)'\'' or (byte)'`' or (byte)'\\')
        {
            end--;
        }

        // A number behind a name does not count, and most colons stand in times.
        while (!named.HasDigits && end > 0 && (char.IsAsciiDigit((char)text[end - 1]) || text[end - 1] is (byte)'_' or (byte)'-' or (byte)'.'))
        {
            end--;
        }

        return MayAssign(text, end, named);
    }

    /// <summary>Whether a credential may begin where its first three bytes stand ("rer" of "bearer" excepted).</summary>
    public static bool MayBeKey(ReadOnlySpan<byte> text, int at)
    {
        var rest = text[at..];
        if (rest[1] == '-' && rest[2] == '-')
        {
            return rest[0] == '-' ? rest.StartsWith("-----BEGIN "u8) : rest.Length > 4 && char.IsAsciiLetter((char)rest[3]);
        }

        return (rest[0] | 0x20) switch
        {
            'o' => at > 0 && text[(at - 1)..].StartsWith("dop_v1_"u8),
            'k' => rest.StartsWith("ks.slack.com"u8),
            'r' when (rest[1] | 0x20) == 'e' => at >= 3 && Ascii.EqualsIgnoreCase(text[(at - 3)..Math.Min(at + 4, text.Length)], "bearer "u8),
            _ => BeginsToken(text, at) && IsKnown(rest),
        };
    }

    /// <summary>Whether a percent sign stands for an <c>@</c> or a plus.</summary>
    public static bool MayBeEncoded(ReadOnlySpan<byte> rest) =>
        rest.Length > 3 && ((rest[1] == '4' && rest[2] == '0') || (rest[1] == '2' && ((rest[2] | 0x20) == 'b' || (rest[2] == '5' && rest[3] is (byte)'4' or (byte)'2'))));

    /// <summary>Whether there are digits of other scripts, which may be numbers like all others, or full-width marks: <c>＠</c>, <c>＝</c>, <c>＋</c>, or <c>：</c> behind a sensitive name.</summary>
    public static bool HoldsWide(ReadOnlySpan<byte> text, SensitiveNames named)
    {
        var all = text;
        while (text.IndexOfAny(WideLeads) is >= 0 and var at && at + 2 < text.Length)
        {
            var (second, third) = (text[at + 1], text[at + 2]);
            var mayHold = text[at] switch
            {
                0xD9 => second is >= 0xA0 and <= 0xA9,
                0xDB => second is >= 0xB0 and <= 0xB9,
                0xE0 => second == 0xA5 && third is >= 0xA6 and <= 0xAF,
                _ => second == 0xBC && (third is (>= 0x90 and <= 0x99) or 0xA0 or 0x9D or 0x8B || (third == 0x9A && MayName(all, all.Length - text.Length + at, named))),
            };
            if (mayHold)
            {
                return true;
            }

            text = text[(at + 2)..];
        }

        return false;
    }

    /// <summary>Whether a value itself holds an escape that can stand for a part of a finding; behind those of blanks the other checks are lenient.</summary>
    public static bool HoldsNestedEscape(ReadOnlySpan<byte> text)
    {
        while (text.IndexOf("\\\\"u8) is >= 0 and var at)
        {
            text = text[(at + 2)..];
            if (text is [(byte)'u' or (byte)'/', ..])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether tabs stand between groups of digits, as a card's may.</summary>
    public static bool HoldsTabbedDigits(ReadOnlySpan<byte> text)
    {
        for (var at = text.IndexOf("\\t"u8); at >= 0;)
        {
            if (at >= 4 && text[(at - 4)..at].IndexOfAnyExcept(DigitBytes) < 0 && at + 6 <= text.Length && text.Slice(at + 2, 4).IndexOfAnyExcept(DigitBytes) < 0)
            {
                return true;
            }

            text = text[(at + 2)..];
            at = text.IndexOf("\\t"u8);
        }

        return false;
    }

    /// <summary>Whether a run is a JSON number and not within a string: it stands behind a colon behind a name's closing quote.</summary>
    /// <remarks>An opening quote stands behind a colon, comma or bracket, a quote within a string behind a backslash.</remarks>
    public static bool IsJsonNumber(ReadOnlySpan<byte> text, int start) =>
        start > 2 && text[start - 1] == ':' && text[start - 2] == '"'
        && text[start - 3] is not ((byte)'\\' or (byte)':' or (byte)',' or (byte)'[' or (byte)'{');

    /// <summary>Whether a run of digits and separators may hold a number of a person.</summary>
    [SkipLocalsInit]
    public static bool MayBeNumber(ReadOnlySpan<byte> text, int start, int end)
    {
        if (end - start > MaxRun)
        {
            return true;
        }

        // With its neighbours, unless they may be an escape: its letters and digits are not what the value holds.
        var escape = MayBeEscape(text, start);
        if (start > 0 && IsWord(text[start - 1]) && MayBeJoined(text[..start]))
        {
            return true;
        }

        if (!escape && start > 0 && IsWord(text[start - 1]) && text[start..end].IndexOfAnyExcept(DigitBytes) < 0)
        {
            // But for a magnetic stripe's begin.
            return start > 1 && text[start - 1] == 'B' && text[start - 2] == '%';
        }

        Span<char> run = stackalloc char[MaxRun + 3];
        var from = escape ? start : Math.Max(0, start - 2);
        run = run[..System.Text.Encoding.UTF8.GetChars(text[from..Math.Min(end + 1, text.Length)], run)];
        return (escape && text[start - 1] is not (byte)'n' and not (byte)'"' and not (byte)'\\')
            || HoldsNumber(run)
            || (HoldsNamedForm(run) && MayBeNamed(text[Math.Max(0, start - MaxName)..start]))
            || MayFollowPhoneWord(text, start, end);
    }

    private static bool HoldsNumber(ReadOnlySpan<char> run)
    {
        var scan = new ValueScan(run, SensitiveNames.None, SensitiveNames.None) { IsPart = true };
        for (var at = 0; at < run.Length;)
        {
            var next = at + 1;
            if (char.IsAsciiDigit(run[at]) || run[at] is '+' or '(')
            {
                if (NumberFinder.Find(ref scan, at, out next).IsFound)
                {
                    return true;
                }
            }

            at = next;
        }

        return false;
    }

    private static bool MayBeJoined(ReadOnlySpan<byte> before)
    {
        // A letter behind a backslash is an escape's.
        var last = before is [.., var letter, (byte)'_'] ? letter : before[^1];
        if (before is [.., (byte)'\\', _] || !NumberWords.MayEnd((char)last))
        {
            return false;
        }

        before = before[Math.Max(0, before.Length - NumberWords.MaxJoined)..];
        Span<char> chars = stackalloc char[NumberWords.MaxJoined];
        System.Text.Encoding.ASCII.GetChars(before, chars);
        return before.Contains((byte)'\\') || NumberWords.AreJoinedTo(chars[..before.Length]);
    }

    // What may be a social security number where its name stands before it: nine digits, or three, two and four.
    private static bool HoldsNamedForm(ReadOnlySpan<char> run)
    {
        int beforeLast = 0, last = 0, length = 0;
        foreach (var c in run)
        {
            if (char.IsAsciiDigit(c))
            {
                length++;
                continue;
            }

            if (IsNamedForm(beforeLast, last, length))
            {
                return true;
            }

            (beforeLast, last, length) = length > 0 ? (last, length, 0) : (beforeLast, last, 0);
        }

        return IsNamedForm(beforeLast, last, length);
    }

    private static bool IsNamedForm(int beforeLast, int last, int length) => length == 9 || (length == 4 && last == 2 && beforeLast == 3);

    private static bool MayBeNamed(ReadOnlySpan<byte> before)
    {
        for (var i = 1; i < before.Length; i++)
        {
            var (first, second) = ((char)(before[i - 1] | 0x20), (char)(before[i] | 0x20));
            if ((first, second) is ('s', 'n') or ('t', 'y') or ('i', 'd'))
            {
                return true;
            }
        }

        return false;
    }

    // Of any form behind its name, which an escape may hide.
    [SkipLocalsInit]
    private static bool MayFollowPhoneWord(ReadOnlySpan<byte> text, int start, int end)
    {
        // A parenthesis or a blank that the run begins with stands before the number.
        start += text[start..end].IndexOfAny(DigitBytes);
        var before = text[Math.Max(0, start - MaxPhoneWord)..start];
        if (before.Contains((byte)'\\'))
        {
            return true;
        }

        if (!PhoneWords.MayPrecede(before))
        {
            return false;
        }

        Span<char> chars = stackalloc char[MaxPhoneWord];
        return PhoneWords.Precede(chars[..System.Text.Encoding.UTF8.GetChars(before, chars)]);
    }

    private static bool IsName(byte b) => b >= 0x80 || IsWord(b) || b is (byte)'-' or (byte)'.';

    private static bool IsWord(byte b) => char.IsAsciiLetterOrDigit((char)b) || b == '_';

    // A letter behind a backslash is an escape, not the end of a word.
    private static bool BeginsToken(ReadOnlySpan<byte> text, int at) =>
        at == 0 || !IsWord(text[at - 1]) || (at > 1 && text[at - 2] == '\\') || EndsEscape(text, at);

    private static bool MayBeEscape(ReadOnlySpan<byte> text, int at) => text[Math.Max(0, at - MaxEscape)..at].Contains((byte)'\\');

    private static bool EndsEscape(ReadOnlySpan<byte> text, int at) => at > 5 && text[at - 6] == '\\' && text[at - 5] == 'u';

    private static bool IsKnown(ReadOnlySpan<byte> rest) => rest[0] switch
    {
        (byte)'A' => rest.StartsWith("AKIA"u8) || rest.StartsWith("ASIA"u8) || rest.StartsWith("AIza"u8) || rest.StartsWith("AGE-SECRET-KEY-1"u8),
        (byte)'g' => (rest.Length > 3 && rest[1] == 'h' && rest[3] == '_') || rest.StartsWith("github_pat_"u8)
            || rest.StartsWith("glpat-"u8) || rest.StartsWith("gldt-"u8) || rest.StartsWith("glrt-"u8),
        (byte)'h' => rest.StartsWith("hf_"u8),
        (byte)'y' => rest.StartsWith("ya29."u8),
        (byte)'x' => rest.Length > 4 && rest[4] == '-',
        (byte)'s' => rest[2] == '-' || rest.StartsWith("sk_live_"u8) || rest.StartsWith("sk_test_"u8),
        (byte)'r' => rest.StartsWith("rk_live_"u8) || rest.StartsWith("rk_test_"u8),
        (byte)'n' => rest.StartsWith("npm_"u8),
        (byte)'p' => rest.StartsWith("pypi-"u8),
        (byte)'S' => rest.StartsWith("SG."u8),
        _ => true,
    };
}
