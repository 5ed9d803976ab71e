namespace TelemetryActors.Privacy;

/// <summary>Phone numbers as people write them: international, North American, and national ones of Europe.</summary>
/// <remarks>Digits without a plus and without a separator are never a phone number.</remarks>
internal static class PhoneNumber
{
    /// <summary>The digits of the shortest number; the prefilter counts on it.</summary>
    public const int MinDigits = 9;

    /// <summary>The digits of the longest.</summary>
    public const int MaxDigits = 15;

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
        if (MeasureParenthesised(groups) is > 0 and var parenthesised)
        {
            return parenthesised;
        }

        if (first[0] == '0')
        {
            return MeasureEuropean(groups);
        }

        var hasPrefix = first is "1" && groups.Count > 1 && groups[0].Gap == 0;
        return MeasureAmerican(groups, hasPrefix ? 1 : 0);
    }

    /// <summary>The end of a number of any form behind a word for a phone; zero when there is none.</summary>
    public static int MeasureNamed(scoped DigitGroups groups, ReadOnlySpan<char> before, ref ValueScan scan)
    {
        if (groups.Count == 0 || IsDateOrDecimal(groups))
        {
            return 0;
        }

        var digits = 0;
        for (var i = 0; i < groups.Count && digits < MinDigits; i++)
        {
            digits += groups[i].Length;
        }

        if (digits is < MinDigits or > MaxDigits)
        {
            return 0;
        }

        scan.Steps += Math.Min(before.Length, PhoneWords.MaxDistance);
        var isAlone = groups[0].Length >= MinDigits;
        return !PhoneWords.Precede(before) ? 0
            : isAlone ? groups.EndsAt(0) ? groups[0].End : 0
            : LongestEnd(groups, MinDigits, MaxDigits);
    }

    private static bool IsDateOrDecimal(DigitGroups groups) =>
        (groups.Count > 2 && groups[0].Length == 4 && groups[1].Length == 2 && groups[2].Length == 2)
        || (groups.Count > 1 && (groups[1].Before & NumberSeparators.Dot) != 0 && groups.Digits(0)[0] != '0');

    // (21) 3284-4034, 03(1832)2544: the area code tells it apart, whatever the country.
    private static int MeasureParenthesised(DigitGroups groups)
    {
        var index = groups[0].Gap > 0 ? 0 : 1;
        if (groups.Count < index + 2 || (index == 1 && (groups[0].Length > 3 || (groups[1].Before & NumberSeparators.Parenthesis) == 0)))
        {
            return 0;
        }

        var subscriber = groups[index + 1];
        if (groups[index].Length is < 2 or > 4 || (subscriber.Before & NumberSeparators.Parenthesis) == 0)
        {
            return 0;
        }

        for (var i = index + 2; i < groups.Count; i++)
        {
            if ((groups[i].Before & (NumberSeparators.Parenthesis | NumberSeparators.Slash | NumberSeparators.Dot)) != 0)
            {
                return 0;
            }
        }

        return LongestEnd(groups, MinDigits, 11);
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
        var isSpaced = line.Before == (NumberSeparators.Space | NumberSeparators.Dash) && (hasParentheses || exchange.Before == line.Before);
        var isSeparated = (isSpaced || (line.Gap == 1 && line.Before is NumberSeparators.Space or NumberSeparators.Dash or NumberSeparators.Dot))
            && (hasParentheses || isSpaced || exchange.Gap == 1)
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
        // An area code and the rest with a full stop between; more of them are a version.
        var isDotted = groups[1].Before == NumberSeparators.Dot && groups[1].Length is >= 6 and <= 8 && first.Length > 2 && groups.EndsAt(1);
        if (isDotted)
        {
            return groups[1].End;
        }

        if (isDate || (groups[1].Before & NumberSeparators.Dot) != 0 || IsPairs(groups))
        {
            return IsPairs(groups) && groups.Count == 5 && IsAlone(groups) ? groups[4].End : 0;
        }

        // A slash stands behind the area code only; a second one makes it a path or a date.
        var hasSecondSlash = groups.Count > 2 && (groups[2].Before & NumberSeparators.Slash) != 0;
        return hasSecondSlash ? 0 : WholeEnd(groups, LongestEnd(groups, MinDigits, 12));
    }

    // Where as many digits follow as in a group of the number, it is a part of something longer.
    private static int WholeEnd(DigitGroups groups, int end)
    {
        for (var i = 1; i < groups.Count; i++)
        {
            if (groups[i - 1].End == end && groups[i].Gap == 1 && groups[i].Length >= 4)
            {
                return 0;
            }
        }

        return end;
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
