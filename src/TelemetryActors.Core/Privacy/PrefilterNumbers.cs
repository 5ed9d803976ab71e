using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace TelemetryActors.Privacy;

/// <summary>
/// The prefilter's second look at a run of digits and separators: the lengths of its groups tell most runs from a number of a person, and only the rest is
/// read as the exact scan would.
/// </summary>
/// <remarks>Never stricter than the exact scan: where a byte beyond ASCII or an escape stands in the way, it reads.</remarks>
internal static class PrefilterNumbers
{
    private const int MaxGroups = 32;
    private const int MaxGap = 3;

    // Between digits these ask for the exact scan; blanks, hyphens, full stops and slashes are told by the lengths alone.
    private static readonly SearchValues<byte> Unusual =
        SearchValues.Create([(byte)'+', (byte)'(', (byte)')', (byte)'%', .. Enumerable.Range(0x80, 0x80).Select(b => (byte)b)]);

    /// <summary>Whether a run is a JSON number and not within a string: it stands behind a colon behind a name's closing quote.</summary>
    /// <remarks>An opening quote stands behind a colon, comma or bracket, a quote within a string behind a backslash.</remarks>
    public static bool IsJsonNumber(ReadOnlySpan<byte> text, int start) =>
        start > 2 && text[start - 1] == ':' && text[start - 2] == '"'
        && text[start - 3] is not ((byte)'\\' or (byte)':' or (byte)',' or (byte)'[' or (byte)'{');

    /// <summary>Whether a run may hold a number of a person.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="start">Where the run begins.</param>
    /// <param name="end">Behind its last byte.</param>
    /// <param name="digits">Its digits: bit n is the byte n of the run.</param>
    public static bool MayHold(ReadOnlySpan<byte> text, int start, int end, ulong digits)
    {
        var first = start + BitOperations.TrailingZeroCount(digits);
        var behind = start + ByteClasses.Window - BitOperations.LeadingZeroCount(digits);
        var isEscape = PrefilterEscapes.MayEndBefore(text, start);
        if (isEscape && !IsLetterEscape(text, start))
        {
            return true;
        }

        if (!isEscape && PrefilterNumberWords.MayBeJoined(text, start, first))
        {
            return true;
        }

        return (first > 0 && text[first - 1] == '+') || text[first..behind].ContainsAny(Unusual)
            ? MayBeNumber(text, start, end, first, isEscape)
            : HoldsForm(text, start, end, digits, isEscape);
    }

    // The groups from each on that can begin a number.
    [SkipLocalsInit]
    private static bool HoldsForm(ReadOnlySpan<byte> text, int start, int end, ulong digits, bool isEscape)
    {
        Span<DigitGroup> buffer = stackalloc DigitGroup[MaxGroups];
        var groups = Read(text, start, digits, buffer);
        var mayBePhone = false;
        for (var i = 0; i < groups.Length; i++)
        {
            var at = groups[i].Start;
            if (!(isEscape && at - start < 2) && !CanBegin(text, at))
            {
                continue;
            }

            var chain = groups[i..];
            if (MayBeCard(text, chain) || MayBeFormed(text, chain) || (i == 0 && chain[0].Length == 9 && PrefilterNumberWords.MayNameSocialSecurity(text, at)))
            {
                return MayBeNumber(text, start, end, groups[0].Start, isEscape);
            }

            mayBePhone |= MayBeNamedPhone(text, chain);
        }

        return mayBePhone && PrefilterNumberWords.MayNamePhone(text, groups[0].Start);
    }

    // Digits that run into letters are no group, as in the exact scan.
    private static Span<DigitGroup> Read(ReadOnlySpan<byte> text, int start, ulong digits, Span<DigitGroup> buffer)
    {
        var count = 0;
        var behind = start;
        while (digits != 0)
        {
            var skipped = BitOperations.TrailingZeroCount(digits);
            digits >>= skipped;
            var length = BitOperations.TrailingZeroCount(~digits);
            digits = length < ByteClasses.Window ? digits >> length : 0;
            start += skipped;
            if (start + length < text.Length && ByteClasses.IsWord(text[start + length]))
            {
                break;
            }

            buffer[count++] = new DigitGroup(start, length, NumberSeparators.None, start - behind);
            behind = start += length;
        }

        return buffer[..count];
    }

    // As NumberFinder has it, but for what a wide character may be.
    private static bool CanBegin(ReadOnlySpan<byte> text, int at)
    {
        var before = at > 0 ? text[at - 1] : (byte)'\n';
        var further = at > 1 ? text[at - 2] : (byte)'\n';
        return before switch
        {
            (byte)'-' => !ByteClasses.IsWord(further),
            (byte)'.' => !char.IsAsciiDigit((char)further) && further != '_',
            (byte)':' => !char.IsAsciiDigit((char)further),
            (byte)'_' => true,
            (byte)'B' => further == '%',
            _ => !ByteClasses.IsWord(before),
        };
    }

    // As many digits as a card has, an issuer's first ones and the check digit.
    [SkipLocalsInit]
    private static bool MayBeCard(ReadOnlySpan<byte> text, ReadOnlySpan<DigitGroup> chain)
    {
        // Issuers' numbers begin with these digits.
        if (text[chain[0].Start] is < (byte)'2' or > (byte)'6' || chain[^1].End - chain[0].Start < CardNumber.Min)
        {
            return false;
        }

        Span<char> digits = stackalloc char[CardNumber.Max];
        var count = 0;
        for (var i = 0; i < chain.Length && (i == 0 || chain[i].Gap <= MaxGap) && count + chain[i].Length <= CardNumber.Max; i++)
        {
            System.Text.Encoding.ASCII.GetChars(text.Slice(chain[i].Start, chain[i].Length), digits[count..]);
            count += chain[i].Length;
            if (count >= CardNumber.Min && CardNumber.IsCard(digits[..count]))
            {
                return true;
            }
        }

        return false;
    }

    // The lengths of a social security number and of phone numbers without a word before them.
    private static bool MayBeFormed(ReadOnlySpan<byte> text, ReadOnlySpan<DigitGroup> chain)
    {
        var (one, two, three, four) = (chain[0].Length, Length(chain, 1), Length(chain, 2), Length(chain, 3));
        var isEuropean = text[chain[0].Start] == '0' && one is >= 2 and <= 5 && two > 0 && !(one == 2 && two == 2 && three == 4);
        return isEuropean || (one, two, three) is (3, 2, 4) or (3, 3, 4) || (one, two, three, four) is (1, 3, 3, 4);
    }

    // Nine digits or more, and no date or decimal.
    private static bool MayBeNamedPhone(ReadOnlySpan<byte> text, ReadOnlySpan<DigitGroup> chain)
    {
        if ((chain[0].Length, Length(chain, 1), Length(chain, 2)) is (4, 2, 2)
            || (chain.Length > 1 && chain[1].Gap == 1 && text[chain[0].End] == '.' && text[chain[0].Start] != '0'))
        {
            return false;
        }

        var digits = 0;
        for (var i = 0; i < chain.Length && (i == 0 || chain[i].Gap <= MaxGap) && digits < PhoneNumber.MinDigits; i++)
        {
            digits += chain[i].Length;
        }

        return digits is >= PhoneNumber.MinDigits and <= PhoneNumber.MaxDigits;
    }

    private static int Length(ReadOnlySpan<DigitGroup> chain, int index) =>
        index < chain.Length && chain[index].Gap <= MaxGap ? chain[index].Length : 0;

    // With its neighbours, unless they are an escape.
    [SkipLocalsInit]
    private static bool MayBeNumber(ReadOnlySpan<byte> text, int start, int end, int first, bool isEscape)
    {
        Span<char> run = stackalloc char[ByteClasses.Window + 3];
        var from = isEscape ? start : Math.Max(0, start - 2);
        run = run[..System.Text.Encoding.UTF8.GetChars(text[from..Math.Min(end + 1, text.Length)], run)];
        return HoldsNumber(run)
            || (HoldsNamedForm(run) && PrefilterNumberWords.MayNameSocialSecurity(text, first))
            || PrefilterNumberWords.MayNamePhone(text, first);
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

    // \n, \t and what stands for a quote or a backslash end where the run begins; of longer ones its digits may be a part.
    private static bool IsLetterEscape(ReadOnlySpan<byte> text, int start) =>
        start > 1 && text[start - 2] == '\\' && text[start - 1] is (byte)'n' or (byte)'r' or (byte)'t' or (byte)'b' or (byte)'f' or (byte)'"' or (byte)'\\';
}
