using System.Runtime.CompilerServices;

namespace TelemetryActors.Privacy;

/// <summary>Numbers that belong to a person: card numbers, social security numbers and phone numbers.</summary>
internal static class NumberFinder
{
    /// <summary>Looks at the number that begins at a digit, a plus or a parenthesis; <paramref name="next"/> is where the scan goes on.</summary>
    [SkipLocalsInit]
    public static Finding Find(ref ValueScan scan, int at, out int next)
    {
        var text = scan.Text;
        next = EndOfDigits(text, at);
        scan.Steps += next - at;
        if (!CanBegin(scan, at))
        {
            return Finding.None;
        }

        Span<DigitGroup> buffer = stackalloc DigitGroup[DigitGroups.MaxGroups];
        var isPlus = text[at] == '+';
        var groups = DigitGroups.Read(text, isPlus ? at + 1 : at, buffer);
        var isOpen = text[at] == '(' && (groups.Count < 2 || (groups[1].Before & NumberSeparators.Parenthesis) == 0);
        if (groups.Count == 0 || isOpen)
        {
            return Finding.None;
        }

        scan.Steps += groups[groups.Count - 1].End - at + (groups[0].Length == 9 ? SocialSecurityNumber.MaxDistance : 0);
        int end;
        if (isPlus)
        {
            end = PhoneNumber.MeasureInternational(groups);
        }
        else
        {
            end = SocialSecurityNumber.Measure(groups, text[scan.Floor..at]);
            end = end > 0 ? end : CardNumber.Measure(groups);
            end = end > 0 ? end : PhoneNumber.MeasureNational(groups);
        }

        return new Finding(at, end);
    }

    private static int EndOfDigits(ReadOnlySpan<char> text, int at)
    {
        var end = at + 1;
        while (char.IsAsciiDigit(text[at]) && end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end;
    }

    // Not within a word, an identifier, a version or a time of day.
    private static bool CanBegin(in ValueScan scan, int at)
    {
        var before = scan.Before(at);
        if (DigitGroups.IsWord(before))
        {
            return false;
        }

        var further = at - 1 > scan.Floor ? scan.Text[at - 2] : '\n';
        return before switch
        {
            '-' or '.' => !DigitGroups.IsWord(further),
            ':' => !char.IsAsciiDigit(further),
            _ => true,
        };
    }
}
