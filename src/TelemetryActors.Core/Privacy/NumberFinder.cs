using System.Runtime.CompilerServices;

namespace TelemetryActors.Privacy;

/// <summary>Numbers that belong to a person: card numbers, social security numbers and phone numbers.</summary>
internal static class NumberFinder
{
    /// <summary>A plus in a URL.</summary>
    public const string PercentPlus = "%2B";

    /// <summary>A plus in a URL within a URL.</summary>
    public const string TwicePercentPlus = "%252B";

    /// <summary>Looks at the number that begins at a digit, a plus or a parenthesis; <paramref name="next"/> is where the scan goes on.</summary>
    [SkipLocalsInit]
    public static Finding Find(ref ValueScan scan, int at, out int next)
    {
        var text = scan.Text;
        next = EndOfDigits(text, at);
        scan.Steps += next - at;
        var isJoined = IsJoined(scan, at);
        if (!isJoined && !CanBegin(scan, at))
        {
            return Finding.None;
        }

        Span<DigitGroup> buffer = stackalloc DigitGroup[DigitGroups.MaxGroups];
        var isPlus = text[at] == '+';
        var groups = DigitGroups.Read(text, isPlus ? at + 1 : at, buffer);
        var isOpen = text[at] == '(' && (groups.Count < 2 || (groups[1].Before & NumberSeparators.Parenthesis) == 0);
        if (groups.Count == 0 || isOpen)
        {
            // Letters behind the digits make them an id, but not where a word says what they are.
            return isJoined && CardNumber.IsCard(text[at..next]) ? new Finding(at, next) : Finding.None;
        }

        scan.Steps += groups[groups.Count - 1].End - at + (groups[0].Length == 9 ? SocialSecurityNumber.MaxDistance : 0);
        var end = isPlus ? PhoneNumber.MeasureInternational(groups) : Measure(ref scan, at, groups, isJoined);
        if (end == 0 && IsOtherBlank(text[groups[0].End..]))
        {
            groups = DigitGroups.Read(text, at, buffer, isForm: true);
            scan.Steps += groups.Count == 0 ? 0 : groups[groups.Count - 1].End - at;
            end = CardNumber.Measure(groups, text[scan.Floor..at], scan.IsPart);

            // What the digits in one are was told above.
            end = groups.Count > 0 && end == groups[0].End ? 0 : end;
        }

        return new Finding(at, end);
    }

    private static bool IsOtherBlank(ReadOnlySpan<char> text) => text is ['+' or '%' or '\t', ..] or [' ', ' ', ..];

    private static int Measure(ref ValueScan scan, int at, scoped DigitGroups groups, bool isJoined)
    {
        var before = scan.Text[scan.Floor..at];
        var end = SocialSecurityNumber.Measure(groups, before);
        if (end > 0)
        {
            return end;
        }

        end = CardNumber.Measure(groups, before, scan.IsPart);
        if (scan.Before(at) == '_')
        {
            // Digits in one within a name are an id, unless the name says otherwise.
            return isJoined || end > groups[0].End ? end : 0;
        }

        if (end > 0 || isJoined || scan.Before(at) == 'B')
        {
            return end;
        }

        // A number of several groups that goes on to the left is another one.
        var isInside = before.Length > 1 && DigitGroups.Separator(before[^1]) == NumberSeparators.Space && char.IsAsciiDigit(before[^2]);
        if (isInside)
        {
            return 0;
        }

        end = PhoneNumber.MeasureNational(groups);
        return end > 0 ? end : PhoneNumber.MeasureNamed(groups, before, ref scan);
    }

    /// <summary>Looks at the number behind a plus that a URL writes as <c>%2B</c>.</summary>
    [SkipLocalsInit]
    public static Finding FindEncoded(ref ValueScan scan, int at, int length)
    {
        Span<DigitGroup> buffer = stackalloc DigitGroup[DigitGroups.MaxGroups];
        var groups = DigitGroups.Read(scan.Text, at + length, buffer);
        scan.Steps += groups.Count == 0 ? 0 : groups[groups.Count - 1].End - at;
        return groups.Count == 0 ? Finding.None : new Finding(at, PhoneNumber.MeasureInternational(groups));
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

    // Behind a word that says what the number is, even without a blank between.
    private static bool IsJoined(in ValueScan scan, int at)
    {
        var before = scan.Before(at);
        return (char.IsAsciiLetter(before) || before is '_' or '-' or '.')
            && NumberWords.AreJoinedTo(scan.Text[Math.Max(scan.Floor, at - NumberWords.MaxJoined)..at]);
    }

    // Not within a word, an identifier, a version or a time of day.
    private static bool CanBegin(in ValueScan scan, int at)
    {
        var before = scan.Before(at);
        var further = at - 1 > scan.Floor ? scan.Text[at - 2] : '\n';
        return before switch
        {
            '-' => !DigitGroups.IsWord(further),
            '.' => !char.IsAsciiDigit(further) && further != '_',
            ':' => !char.IsAsciiDigit(further),

            // A file's name may hold a social security number, a card's magnetic stripe begins with %B.
            '_' => true,
            'B' => further == '%',
            _ => !DigitGroups.IsWord(before),
        };
    }
}
