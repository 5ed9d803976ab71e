namespace TelemetryActors.Privacy;

/// <summary>US social security numbers in ranges that are issued: 3-2-4 digits, or nine in a row behind their name.</summary>
internal static class SocialSecurityNumber
{
    /// <summary>How far before nine bare digits their name is looked for.</summary>
    public const int MaxDistance = 40;

    /// <summary>The end of the number that the groups begin with; zero when they do not.</summary>
    public static int Measure(DigitGroups groups, ReadOnlySpan<char> before)
    {
        if (groups[0].Gap > 0)
        {
            return 0;
        }

        if (groups[0].Length == 9)
        {
            return groups.EndsAt(0) && IsIssued(groups.Digits(0)) && IsNamed(before) ? groups[0].End : 0;
        }

        if (groups.Count < 3 || groups[0].Length != 3 || groups[1].Length != 2 || groups[2].Length != 4)
        {
            return 0;
        }

        var separator = groups[1].Before;
        var isUsual = groups[1].Gap == 1 && separator is NumberSeparators.Space or NumberSeparators.Dash;
        var isJoined = groups[2].Gap == groups[1].Gap && groups[2].Before == separator && (isUsual || IsNamed(before));
        // With a blank before them, too, further digits make it a number of other groups.
        var isInside = separator == NumberSeparators.Space && before.Length > 1 && DigitGroups.Separator(before[^1]) == separator && char.IsAsciiDigit(before[^2]);
        if (!isJoined || isInside || !groups.EndsAt(2) || (before.EndsWith("_") && separator != NumberSeparators.Dash))
        {
            return 0;
        }

        Span<char> digits = stackalloc char[9];
        groups.Digits(0).CopyTo(digits);
        groups.Digits(1).CopyTo(digits[3..]);
        groups.Digits(2).CopyTo(digits[5..]);
        return IsIssued(digits) ? groups[2].End : 0;
    }

    private static bool IsIssued(ReadOnlySpan<char> digits) =>
        digits[0] != '9' && digits[..3] is not "000" and not "666" && digits[3..5] is not "00" && digits[5..] is not "0000";

    private static bool IsNamed(ReadOnlySpan<char> before)
    {
        before = before[Math.Max(0, before.Length - MaxDistance)..];
        var name = TrimToWord(before);
        foreach (var filler in (ReadOnlySpan<string>)["is", "number", "nr", "no", "num"])
        {
            if (EndsInWord(name, filler))
            {
                name = TrimToWord(name[..^filler.Length]);
            }
        }

        return EndsInWord(name, "ssn") || EndsInWord(name, "social security") || EndsInWord(name, "social_security")
            || IsPatientField(before);
    }

    // The field of a patient's record (HL7) that holds it.
    private static bool IsPatientField(ReadOnlySpan<char> before) => before.EndsWith("PID-19|") || before.EndsWith("PID.19|");

    private static bool EndsInWord(ReadOnlySpan<char> text, string word) =>
        text.EndsWith(word, StringComparison.OrdinalIgnoreCase)
        && (text.Length == word.Length || !char.IsLetterOrDigit(text[^(word.Length + 1)]));

    private static ReadOnlySpan<char> TrimToWord(ReadOnlySpan<char> text)
    {
        var end = text.Length;
        while (end > 0 && !char.IsLetterOrDigit(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }
}
