using System.Text;

namespace TelemetryActors.Privacy;

/// <summary>Digits of other scripts, and the marks that stand between them, as the ASCII that the finders know: one character for one.</summary>
internal static class WideDigits
{
    private const char FirstDigit = '\u0660';
    private const char FirstFullWidth = '\uff01';
    private const char LastFullWidth = '\uff5e';

    /// <summary>Whether a text has such digits, or a full-width mark that a finding turns on.</summary>
    public static bool AreIn(ReadOnlySpan<char> text)
    {
        if (!Ascii.IsValid(text))
        {
            foreach (var c in text)
            {
                if (c >= FirstDigit && (char.IsDigit(c) || c is '\uff20' or '\uff1d' or '\uff1a' or '\uff0b'))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Writes the text with such digits as ASCII.</summary>
    public static void ToAscii(ReadOnlySpan<char> text, Span<char> target)
    {
        for (var index = 0; index < text.Length; index++)
        {
            target[index] = AsciiOf(text[index]);
        }
    }

    private static char AsciiOf(char c) => c switch
    {
        < FirstDigit => c,
        '\u3000' => ' ',
        _ when char.IsDigit(c) => (char)('0' + (int)char.GetNumericValue(c)),
        >= FirstFullWidth and <= LastFullWidth when !char.IsLetter(c) => (char)(c - FirstFullWidth + '!'),
        _ => c,
    };
}
