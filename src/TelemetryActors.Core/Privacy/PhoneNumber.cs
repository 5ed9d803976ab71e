namespace TelemetryActors.Privacy;

/// <summary>Phone numbers as people write them: international, North American, and national ones of Europe.</summary>
/// <remarks>Digits without a plus and without a separator are never a phone number.</remarks>
internal static class PhoneNumber
{
    // The prefilter counts on it.
    private const int MinDigits = 9;
    private const int MaxDigits = 15;

    /// <summary>The end of the number behind a plus sign; zero when there is none.</summary>
    public static int MeasureInternational(DigitGroups groups)
    {
        if (groups[0].Gap > 0 || groups.Digits(0)[0] == '0')
        {
            return 0;
        }

        var isAmerican = groups.Digits(0)[0] == '1';
        var max = isAmerican ? 11 : MaxDigits;
        return LongestEnd(groups, isAmerican ? 11 : MinDigits, max);
    }

    /// <summary>The end of a number without a plus sign; zero when there is none.</summary>
    public static int MeasureNational(DigitGroups groups)
    {
        var first = groups.Digits(0);
        if (first[0] == '0')
        {
            return MeasureEuropean(groups);
        }

        var hasPrefix = first is "1" && groups.Count > 1 && groups[0].Gap == 0;
        return MeasureAmerican(groups, hasPrefix ? 1 : 0);
    }

    private static int MeasureAmerican(DigitGroups groups, int index)
    {
        if (groups.Count < index + 3 || groups[index].Length != 3 || groups[index + 1].Length != 3 || groups[index + 2].Length != 4)
        {
            return 0;
        }

        var area = groups[index];
        var exchange = groups[index + 1];
        var line = groups[index + 2];
        var hasParentheses = (exchange.Before & NumberSeparators.Parenthesis) != 0;
        var isSeparated = line.Gap == 1
            && line.Before is NumberSeparators.Space or NumberSeparators.Dash or NumberSeparators.Dot
            && (hasParentheses || exchange.Gap == 1)
            && (hasParentheses || exchange.Before is not NumberSeparators.Slash);
        if (!isSeparated || groups.Digits(index)[0] is '0' or '1' || !groups.EndsAt(index + 2))
        {
            return 0;
        }

        // Three numbers in a row are more often a list: then only ranges that are given out count.
        var isBare = !hasParentheses && exchange.Before == NumberSeparators.Space && line.Before == NumberSeparators.Space;
        if (isBare && (groups.Digits(index + 1)[0] is '0' or '1' || area.Gap > 1))
        {
            return 0;
        }

        // Dotted on one side only is a decimal beside another number.
        var isMixedDot = !hasParentheses && ((exchange.Before ^ line.Before) & NumberSeparators.Dot) != 0;
        return isMixedDot ? 0 : line.End;
    }

    private static int MeasureEuropean(DigitGroups groups)
    {
        var first = groups.Digits(0);
        if (groups.Count < 2 || first.Length is < 2 or > 5)
        {
            return 0;
        }

        if (first.StartsWith("00"))
        {
            return first.Length > 2 && first[2] != '0' ? LongestEnd(groups, 11, MaxDigits + 2) : 0;
        }

        var isDate = groups.Count > 2 && first.Length == 2 && groups[1].Length == 2 && groups[2].Length == 4;
        if (isDate || (groups[1].Before & NumberSeparators.Dot) != 0 || IsPairs(groups))
        {
            return IsPairs(groups) && groups.Count == 5 && IsAlone(groups) ? groups[4].End : 0;
        }

        // A slash stands behind the area code only; a second one makes it a path or a date.
        var hasSecondSlash = groups.Count > 2 && (groups[2].Before & NumberSeparators.Slash) != 0;
        return hasSecondSlash ? 0 : LongestEnd(groups, MinDigits, 12);
    }

    private static bool IsPairs(DigitGroups groups)
    {
        for (var i = 0; i < groups.Count; i++)
        {
            if (groups[i].Length != 2 || (i > 0 && (groups[i].Gap != 1 || groups[i].Before != groups[1].Before)))
            {
                return false;
            }
        }

        return true;
    }

    // Pairs of digits are a phone number only when there are exactly five: more of them are bytes.
    private static bool IsAlone(DigitGroups groups)
    {
        var text = groups.Text;
        var start = groups[0].Start;
        var end = groups[4].End;
        var goesOn = end + 1 < text.Length && DigitGroups.Separator(text[end]) != 0 && char.IsAsciiDigit(text[end + 1]);
        var goesBack = start > 1 && DigitGroups.Separator(text[start - 1]) != 0 && char.IsAsciiDigit(text[start - 2]);
        return !goesOn && !goesBack;
    }

    private static int LongestEnd(DigitGroups groups, int min, int max)
    {
        var end = 0;
        var digits = 0;
        for (var i = 0; i < groups.Count && digits + groups[i].Length <= max; i++)
        {
            digits += groups[i].Length;
            end = digits >= min && groups.EndsAt(i) ? groups[i].End : end;
        }

        return end;
    }
}
