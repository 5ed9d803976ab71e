using System.Text;

namespace TelemetryActors.Privacy;

/// <summary>Digits of other scripts, and the marks that stand between them, as the ASCII that the finders know: one character for one.</summary>
internal static class WideDigits
{
    private const char FirstDigit = '\u0660';
    private const char FirstFullWidth = '\uff01';
    private const char LastFullWidth = '\uff5e';

    /// <summary>Whether a character is such a digit, or a full-width mark that a finding turns on.</summary>
    public static bool Is(char c) => c >= FirstDigit && (char.IsDigit(c) || c is '\uff20' or '\uff1d' or '\uff1a' or '\uff0b');

    /// <summary>Whether a text has such digits, or a full-width mark that a finding turns on.</summary>
    public static bool AreIn(ReadOnlySpan<char> text)
    {
        if (!Ascii.IsValid(text))
        {
            foreach (var c in text)
            {
                if (Is(c))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether a text has digits of any script, or such a mark.</summary>
    public static bool OrAsciiAreIn(ReadOnlySpan<char> text) => text.IndexOfAnyInRange('0', '9') >= 0 || AreIn(text);

    /// <summary>Writes the text with such digits as ASCII.</summary>
    public static void ToAscii(ReadOnlySpan<char> text, Span<char> target)
    {
        for (var index = 0; index < text.Length; index++)
        {
            target[index] = AsciiOf(text[index]);
        }
    }

    /// <summary>A text with such digits as ASCII, and what parts decimals and numbers in Arabic; the same text when it is ASCII.</summary>
    public static string ToAscii(string text) => Ascii.IsValid(text) ? text : string.Create(text.Length, text, static (target, text) =>
    {
        ToAscii(text, target);
        target.Replace('\u066b', '.');
        target.Replace('\u060c', ',');
    });

    private static char AsciiOf(char c) => c switch
    {
        < FirstDigit => c,
        '\u3000' => ' ',
        _ when char.IsDigit(c) => (char)('0' + (int)char.GetNumericValue(c)),
        '\uff05' => c, // A share: it begins no character of a URL.
        >= FirstFullWidth and <= LastFullWidth when !char.IsLetter(c) => (char)(c - FirstFullWidth + '!'),
        _ => c,
    };
}
