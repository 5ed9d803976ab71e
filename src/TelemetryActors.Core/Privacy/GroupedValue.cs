namespace TelemetryActors.Privacy;

/// <summary>The rest of a number whose first group of digits is a value without quotes: <c>creditCard=4111 1111 1111 1111</c>.</summary>
internal static class GroupedValue
{
    // A number that goes on behind the value begins so near to the value's end.
    private const int Reach = 32;
    private const int MaxGap = 3;

    private static readonly SensitiveNames OfGroups = new("creditCard", "ssn");

    // As cards and social security numbers are written: behind their own name no check digit is asked for.
    private static readonly int[][] Forms = [[3, 2, 4], [4, 4, 4, 4, 3], [4, 4, 4, 4], [4, 4, 4, 3], [4, 4, 4, 2], [4, 4, 4, 1], [4, 6, 5], [4, 6, 4], [4, 3, 3, 3], [8, 8]];

    /// <summary>Where a value ends, with what follows of a number that it is the begin of.</summary>
    /// <param name="scan">The scan.</param>
    /// <param name="name">The name that the value stands behind.</param>
    /// <param name="start">The value's first character.</param>
    /// <param name="end">Behind its last one.</param>
    public static int End(ref ValueScan scan, scoped ReadOnlySpan<char> name, int start, int end)
    {
        var text = scan.Text;
        if (!GoesOn(text, start, end))
        {
            return end;
        }

        for (var at = Math.Max(start, end - Reach); at < end;)
        {
            var next = at + 1;
            var found = char.IsAsciiDigit(text[at]) || text[at] is '+' or '(' ? NumberFinder.Find(ref scan, at, out next) : Finding.None;
            if (found.End > end)
            {
                return found.End;
            }

            at = Math.Max(next, found.End);
        }

        return OfGroups.Matches(name) ? Math.Max(end, EndOfGroups(ref scan, start, end)) : end;
    }

    private static bool GoesOn(ReadOnlySpan<char> text, int start, int end)
    {
        if (end <= start || end == text.Length || text[end] is not (' ' or '\t') || !(char.IsAsciiDigit(text[end - 1]) || text[end - 1] is ')' or '-'))
        {
            return false;
        }

        var next = end + LengthOfGap(text[end..]);
        return next < text.Length && (char.IsAsciiDigit(text[next]) || text[next] == '(');
    }

    private static int EndOfGroups(ref ValueScan scan, int start, int valueEnd)
    {
        var text = scan.Text;
        Span<char> digits = stackalloc char[CardNumber.Max];
        Span<int> lengths = stackalloc int[CardNumber.Max];
        var (count, groups, end) = (0, 0, 0);
        start += Math.Max(0, text[start..valueEnd].IndexOfAny(DigitGroups.Digit));
        for (var at = start; at < text.Length;)
        {
            var first = at + (groups == 0 ? 0 : LengthOfGap(text[at..]));
            var behind = first;
            while (behind < text.Length && char.IsAsciiDigit(text[behind]) && count < digits.Length)
            {
                digits[count++] = text[behind++];
            }

            if (behind == first || (groups > 0 && first == at) || (behind < text.Length && DigitGroups.IsWord(text[behind])))
            {
                break;
            }

            lengths[groups++] = behind - first;
            end = CardNumber.IsCard(digits[..count]) || IsForm(lengths[..groups]) ? behind : end;
            at = behind;
        }

        scan.Steps += Math.Max(end, valueEnd) - start;
        return end;
    }

    private static bool IsForm(ReadOnlySpan<int> lengths)
    {
        foreach (var form in Forms)
        {
            if (lengths.SequenceEqual(form))
            {
                return true;
            }
        }

        return false;
    }

    // Blanks of any kind but the ends of lines, and hyphens.
    private static int LengthOfGap(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && length < MaxGap && ((char.IsWhiteSpace(text[length]) && text[length] is not ('\r' or '\n' or '\f' or '\v')) || DigitGroups.Separator(text[length]) == NumberSeparators.Dash))
        {
            length++;
        }

        return length;
    }
}
