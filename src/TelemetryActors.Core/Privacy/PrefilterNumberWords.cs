using System.Runtime.CompilerServices;

namespace TelemetryActors.Privacy;

/// <summary>The prefilter's look at the words before a run of digits: by their last two letters first, and lenient where an escape may hide a part of one.</summary>
internal static class PrefilterNumberWords
{
    // Each character may be an escape of six bytes.
    private const int MaxEscapedName = 6 * SocialSecurityNumber.MaxDistance;

    // Three bytes a character.
    private const int MaxName = 3 * SocialSecurityNumber.MaxDistance;
    private const int MaxPhoneWord = 3 * PhoneWords.MaxDistance;

    // card-+49...
    private const int MaxMarks = 2;

    /// <summary>Whether a word for a card or a social security number may be joined to the digits that a run begins with.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="start">Where the run begins.</param>
    /// <param name="first">Its first digit: at most a hyphen or full stop and a plus may stand before it.</param>
    [SkipLocalsInit]
    public static bool MayBeJoined(ReadOnlySpan<byte> text, int start, int first)
    {
        if (start < 2 || first - start > MaxMarks || text[start] == ' ')
        {
            return false;
        }

        var end = first == start && text[start - 1] == '_' ? start - 1 : start;
        if (end < 2 || !NumberWords.MayEnd((char)text[end - 1]) || !EndsInPair(text[end - 2], text[end - 1]))
        {
            return false;
        }

        var before = text[Math.Max(0, end - NumberWords.MaxJoined)..end];
        Span<char> chars = stackalloc char[NumberWords.MaxJoined];
        System.Text.Encoding.ASCII.GetChars(before, chars);
        return before.Contains((byte)'\\') || NumberWords.AreJoinedTo(chars[..before.Length]);
    }

    /// <summary>Whether the name of a social security number may stand before its first digit.</summary>
    public static bool MayNameSocialSecurity(ReadOnlySpan<byte> text, int first)
    {
        var before = text[Math.Max(0, first - MaxEscapedName)..first];
        if (!before.Contains((byte)'\\'))
        {
            before = before[Math.Max(0, before.Length - MaxName)..];
            var end = before.Length;
            while (end > 0 && !char.IsAsciiLetterOrDigit((char)before[end - 1]))
            {
                end--;
            }

            // ssn, security, and what may stand behind them: is, number, nr, no, num. A patient's field is PID-19.
            var mayName = end > 1 && ((char)(before[end - 2] | 0x20), (char)(before[end - 1] | 0x20)) is
                ('s', 'n') or ('t', 'y') or ('i', 's') or ('e', 'r') or ('n', 'r') or ('n', 'o') or ('u', 'm') or ('1', '9');
            if (!mayName)
            {
                return false;
            }
        }

        for (var i = 1; i < before.Length; i++)
        {
            if (((char)(before[i - 1] | 0x20), (char)(before[i] | 0x20)) is ('s', 'n') or ('t', 'y') or ('i', 'd'))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a word for a phone may stand before a number's first digit.</summary>
    [SkipLocalsInit]
    public static bool MayNamePhone(ReadOnlySpan<byte> text, int first)
    {
        var before = text[Math.Max(0, first - MaxPhoneWord)..first];
        if (before.Contains((byte)'\\'))
        {
            return true;
        }

        if (!PhoneWords.MayPrecede(before))
        {
            return false;
        }

        Span<char> chars = stackalloc char[MaxPhoneWord];
        return PhoneWords.Precede(chars[..System.Text.Encoding.UTF8.GetChars(before, chars)]);
    }

    // How the words end that NumberWords joins; a letter beyond ASCII may be another form of one.
    private static bool EndsInPair(byte beforeLast, byte last) =>
        beforeLast >= 0x80 || ((char)(beforeLast | 0x20), (char)(last | 0x20)) is
            ('r', 'd') or ('a', 'n') or ('c', 'c') or ('s', 'n') or ('s', 'a') or ('e', 'x') or ('e', 'r') or ('n', 'o') or ('u', 'm');
}
