namespace TelemetryActors.Privacy;

/// <summary>Payment card numbers: an issuer's prefix and length, and the Luhn check digit.</summary>
internal static class CardNumber
{
    /// <summary>The digits of the shortest card number.</summary>
    public const int Min = 12;

    /// <summary>The digits of the longest.</summary>
    public const int Max = 19;

    /// <summary>The end of the longest card number that the groups begin with; zero when they do not.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="before">What stands before them: behind a card's word any grouping counts.</param>
    /// <param name="isNamed">Whether such a word is taken to be there.</param>
    public static int Measure(DigitGroups groups, ReadOnlySpan<char> before, bool isNamed)
    {
        Span<char> digits = stackalloc char[Max];
        var count = 0;
        var end = 0;
        for (var i = 0; i < groups.Count; i++)
        {
            var group = groups[i];
            var isJoined = i == 0
                ? group.Gap == 0
                : IsSeparator(group.Before) && group.Before == groups[1].Before && group.Gap == groups[1].Gap;
            if (!isJoined || count + group.Length > Max)
            {
                break;
            }

            groups.Digits(i).CopyTo(digits[count..]);
            count += group.Length;
            var isCard = count >= Min && groups.EndsAt(i) && IsCard(digits[..count])
                && (IsUsual(groups, i + 1) || (groups[Math.Min(1, i)].Before != NumberSeparators.Dot && (isNamed || NumberWords.NameCardNear(before))));
            end = isCard ? group.End : end;
        }

        return end;
    }

    /// <summary>Whether digits alone are a card's number.</summary>
    public static bool IsCard(ReadOnlySpan<char> digits) => digits.Length is >= Min and <= Max && HasIssuer(digits) && PassesLuhn(digits);

    // As cards have it printed: fours, or four, six and the rest. Other numbers in a row pass the check digit once in ten times.
    private static bool IsUsual(DigitGroups groups, int count)
    {
        var last = groups[count - 1].Length;
        if (count == 1)
        {
            // Visa's of 19 digits hardly exist, and every tenth id of 19 digits begins like one.
            return last != Max || groups.Digits(0)[0] != '4';
        }

        if (count is 2 or 3)
        {
            return count == 2 ? groups[0].Length == 8 && last == 8 : groups[0].Length == 4 && groups[1].Length == 6 && last is 4 or 5;
        }

        var middle = groups[1].Length;
        for (var i = 1; i < count - 1; i++)
        {
            if (groups[i].Length != middle)
            {
                return false;
            }
        }

        return groups[0].Length == 4 && ((middle == 4 && last <= 4) || (middle == 3 && last == 3 && count == 4));
    }

    private static bool IsSeparator(NumberSeparators between) =>
        between is NumberSeparators.Space or NumberSeparators.Dash or NumberSeparators.Dot or (NumberSeparators.Space | NumberSeparators.Dash);

    private static bool HasIssuer(ReadOnlySpan<char> digits)
    {
        var four = ((digits[0] - '0') * 1000) + ((digits[1] - '0') * 100) + ((digits[2] - '0') * 10) + (digits[3] - '0');
        return IsMaestro(four) || digits.Length switch
        {
            12 => false,
            13 => four / 1000 == 4,
            14 => IsDiners(four),
            15 => four / 100 is 34 or 37,
            16 => four / 1000 == 4 || four / 100 is >= 51 and <= 55 || four is (>= 2221 and <= 2720) or (>= 2200 and <= 2204) || IsLong(four),
            19 => four / 1000 == 4 || IsLong(four),
            _ => IsLong(four),
        };
    }

    // Those of its ranges that are given out, of 12 to 19 digits.
    private static bool IsMaestro(int four) => four is 5018 or 5020 or 5038 or 5893 or 6304 or 6759 or 6761 or 6762 or 6763 or 6767;

    private static bool IsDiners(int four) => four / 10 is >= 300 and <= 305 or 309 || four / 100 is 36 or 38 or 39;

    // Discover, JCB, UnionPay and the newer Diners numbers, of 16 to 19 digits.
    private static bool IsLong(int four) =>
        four == 6011 || four / 10 is >= 644 and <= 649 || four / 100 is 65 or 62 or 36 || four is >= 3528 and <= 3589;

    private static bool PassesLuhn(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            var doubled = (i & 1) == 0 ? digit : digit * 2;
            sum += doubled > 9 ? doubled - 9 : doubled;
        }

        return sum % 10 == 0;
    }
}
