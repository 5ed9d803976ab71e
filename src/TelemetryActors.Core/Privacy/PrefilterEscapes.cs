using System.Buffers;

namespace TelemetryActors.Privacy;

/// <summary>The prefilter's second look at what is written otherwise: by escapes, in a URL, or in digits and marks of other scripts.</summary>
internal static class PrefilterEscapes
{
    // The longest escape, that of a control character (\u001f), and one character behind it.
    private const int MaxEscape = 7;

    private static readonly SearchValues<byte> DigitBytes = SearchValues.Create("0123456789"u8);

    // How digits of all other scripts begin, and full-width marks. Those beyond 16 bits are none to the exact scan.
    private static readonly SearchValues<byte> WideLeads = SearchValues.Create([0xD9, 0xDB, 0xDF, 0xE0, 0xE1, 0xEA, 0xEF]);

    /// <summary>Whether an escape may stand right before a place: its letters and digits are not what the value holds.</summary>
    public static bool MayEndBefore(ReadOnlySpan<byte> text, int at) => text[Math.Max(0, at - MaxEscape)..at].Contains((byte)'\\');

    /// <summary>Whether a percent sign stands for an <c>@</c> or a plus.</summary>
    public static bool MayBeEncoded(ReadOnlySpan<byte> rest) =>
        rest.Length > 3 && ((rest[1] == '4' && rest[2] == '0') || (rest[1] == '2' && ((rest[2] | 0x20) == 'b' || (rest[2] == '5' && rest[3] is (byte)'4' or (byte)'2'))));

    /// <summary>Whether there are digits of other scripts, which may be numbers like all others, or full-width marks: <c>＠</c>, <c>＝</c>, <c>＋</c>, or <c>：</c> behind a sensitive name.</summary>
    public static bool HoldsWide(ReadOnlySpan<byte> text, SensitiveNames named)
    {
        var all = text;
        while (text.IndexOfAny(WideLeads) is >= 0 and var at && at + 2 < text.Length)
        {
            var c = CharOf(text[at], text[at + 1], text[at + 2]);
            if (WideDigits.Is(c) && (c != '：' || PrefilterNames.MayName(all, all.Length - text.Length + at, named)))
            {
                return true;
            }

            text = text[(at + 2)..];
        }

        return false;
    }

    /// <summary>Whether a value itself holds an escape that can stand for a part of a finding; behind those of blanks the other checks are lenient.</summary>
    public static bool HoldsNestedEscape(ReadOnlySpan<byte> text)
    {
        while (text.IndexOf("\\\\"u8) is >= 0 and var at)
        {
            text = text[(at + 2)..];
            if (text is [(byte)'u' or (byte)'/', ..])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether tabs stand between groups of digits, as a card's may.</summary>
    public static bool HoldsTabbedDigits(ReadOnlySpan<byte> text)
    {
        for (var at = text.IndexOf("\\t"u8); at >= 0;)
        {
            if (at >= 4 && text[(at - 4)..at].IndexOfAnyExcept(DigitBytes) < 0 && at + 6 <= text.Length && text.Slice(at + 2, 4).IndexOfAnyExcept(DigitBytes) < 0)
            {
                return true;
            }

            text = text[(at + 2)..];
            at = text.IndexOf("\\t"u8);
        }

        return false;
    }

    // Of two bytes or three.
    private static char CharOf(byte lead, byte second, byte third) => lead < 0xE0
        ? (char)(((lead & 0x1F) << 6) | (second & 0x3F))
        : (char)(((lead & 0x0F) << 12) | ((second & 0x3F) << 6) | (third & 0x3F));
}
