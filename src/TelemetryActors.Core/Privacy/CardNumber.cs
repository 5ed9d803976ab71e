namespace TelemetryActors.Privacy;

/// <summary>Payment card numbers: an issuer's prefix and length, and the Luhn check digit.</summary>
internal static class CardNumber
{
    private const int Min = 13;
    private const int Max = 19;

    /// <summary>The end of the card number that the groups begin with; zero when they do not.</summary>
    public static int Measure(DigitGroups groups)
    {
        Span<char> digits = stackalloc char[Max];
        var count = 0;
        for (var i = 0; i < groups.Count; i++)
        {
            var group = groups[i];
            var isJoined = i == 0
                ? group.Gap == 0
                : group.Gap == 1 && group.Before is NumberSeparators.Space or NumberSeparators.Dash && group.Before == groups[Math.Min(1, i)].Before;
            if (!isJoined || count + group.Length > Max)
            {
                return 0;
            }

            groups.Digits(i).CopyTo(digits[count..]);
            count += group.Length;
            if (count >= Min && groups.EndsAt(i) && IsCard(digits[..count]))
            {
                return group.End;
            }
        }

        return 0;
    }

    private static bool IsCard(ReadOnlySpan<char> digits) => HasIssuer(digits) && PassesLuhn(digits);

    private static bool HasIssuer(ReadOnlySpan<char> digits)
    {
        var four = ((digits[0] - '0') * 1000) + ((digits[1] - '0') * 100) + ((digits[2] - '0') * 10) + (digits[3] - '0');
        return digits.Length switch
        {
            13 => four / 1000 == 4,
            14 => IsDiners(four),
            15 => four / 100 is 34 or 37,
            16 => four / 1000 == 4 || four / 100 is >= 51 and <= 55 || four is >= 2221 and <= 2720 || IsLong(four),
            19 => four / 1000 == 4 || IsLong(four),
            _ => IsLong(four),
        };
    }

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
