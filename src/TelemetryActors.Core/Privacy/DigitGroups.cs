using System.Buffers;

namespace TelemetryActors.Privacy;

/// <summary>The groups of digits that may be one number: separated by up to three characters, no two of a kind but the blanks around a mark.</summary>
/// <remarks>Bounded in groups and in digits, so reading it from every group of a text stays linear.</remarks>
internal readonly ref struct DigitGroups
{
    /// <summary>The most groups that are read.</summary>
    public const int MaxGroups = 10;

    /// <summary>The digits.</summary>
    public static readonly SearchValues<char> Digit = SearchValues.Create("0123456789");

    private const int MaxGap = 3;

    // Chinese, Japanese and Korean letters.
    private const char FirstUnspaced = '\u2e80';
    private const int MaxLength = 20;

    private readonly ReadOnlySpan<DigitGroup> _groups;

    private DigitGroups(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups)
    {
        Text = text;
        _groups = groups;
    }

    /// <summary>The text they stand in.</summary>
    public ReadOnlySpan<char> Text { get; }

    /// <summary>How many there are.</summary>
    public int Count => _groups.Length;

    /// <summary>One of them.</summary>
    public DigitGroup this[int index] => _groups[index];

    /// <summary>The digits of one of them.</summary>
    public ReadOnlySpan<char> Digits(int index) => Text.Slice(_groups[index].Start, _groups[index].Length);

    /// <summary>Reads the groups that begin at a digit or at the parenthesis before it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="buffer">Takes the groups.</param>
    /// <param name="isForm">Whether the groups are those of a card with another blank: a form's <c>+</c> and <c>%20</c>, a tab, or two blanks.</param>
    public static DigitGroups Read(ReadOnlySpan<char> text, int start, Span<DigitGroup> buffer, bool isForm = false)
    {
        var count = 0;
        var at = start;
        while (count < buffer.Length)
        {
            var before = isForm ? ReadFormBlank(text, at, out var first) : ReadSeparators(text, at, out first);
            var end = first;
            while (end < text.Length && char.IsAsciiDigit(text[end]) && end - first < MaxLength)
            {
                end++;
            }

            // Digits that run into letters are no number, and neither are more than any number has.
            if (end == first || (count > 0 && before == NumberSeparators.None) || (end < text.Length && IsWord(text[end])))
            {
                break;
            }

            buffer[count++] = new DigitGroup(first, end - first, before, first - at);
            at = end;
        }

        return new DigitGroups(text, buffer[..count]);
    }

    /// <summary>Whether a number can end behind this group: a further digit behind a hyphen or full stop makes it something longer.</summary>
    public bool EndsAt(int index)
    {
        var end = _groups[index].End;
        var isJoined = end + 1 < Text.Length && Text[end] is '-' or '.' && char.IsAsciiDigit(Text[end + 1]);
        return !isJoined;
    }

    /// <summary>Whether a character belongs to a word or a number. In scripts that set no blanks between words, none does: a number begins where it begins. The signs of an ordinal (<c>nº</c>) are none.</summary>
    public static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' || (c > '\x7f' && (c < FirstUnspaced ? char.IsLetterOrDigit(c) && c is not ('\u00ba' or '\u00aa') : char.IsDigit(c)));

    /// <summary>The separator that a character is.</summary>
    public static NumberSeparators Separator(char c) => c switch
    {
        ' ' or '\u00a0' or '\u202f' => NumberSeparators.Space,
        '-' or '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2212' => NumberSeparators.Dash,
        '.' => NumberSeparators.Dot,
        '/' => NumberSeparators.Slash,
        '(' or ')' => NumberSeparators.Parenthesis,
        _ => NumberSeparators.None,
    };

    private static NumberSeparators ReadFormBlank(ReadOnlySpan<char> text, int at, out int next)
    {
        var rest = text[at..];
        next = at + (rest.StartsWith("+") ? 1 : rest.StartsWith("%20") ? 3 : rest.StartsWith("\t") ? 1 : rest.StartsWith("  ") ? 2 : 0);
        return next > at ? NumberSeparators.Space : NumberSeparators.None;
    }

    private static NumberSeparators ReadSeparators(ReadOnlySpan<char> text, int at, out int next)
    {
        var all = NumberSeparators.None;
        for (next = at; next < text.Length && next - at < MaxGap; next++)
        {
            var one = Separator(text[next]);
            var isSecond = (all & one) != 0 && (one != NumberSeparators.Space || all == NumberSeparators.Space);
            if (one == NumberSeparators.None || isSecond)
            {
                break;
            }

            all |= one;
        }

        return all;
    }
}
