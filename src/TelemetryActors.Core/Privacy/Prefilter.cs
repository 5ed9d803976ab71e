using System.Numerics;
using System.Runtime.InteropServices;

namespace TelemetryActors.Privacy;

/// <summary>Tells encoded JSON that cannot hold a finding from JSON that may, in one vectorized pass.</summary>
/// <remarks>
/// What is marked in the pass is looked at again, with neighbours judged leniently: before a finding may stand an escape
/// (<c>\n</c>) whose letter must not be taken for a part of a word.
/// </remarks>
internal static class Prefilter
{
    private const int MinDigits = 9;
    private const int KeptOfRun = 8;

    public static bool MayHold(ReadOnlySpan<byte> text, SensitiveNames assigned, SensitiveNames named)
    {
        Span<byte> tail = stackalloc byte[ByteClasses.Needed];
        var at = 0;
        var wide = 0UL;
        var escapes = 0UL;
        while (at < text.Length)
        {
            ref var window = ref MemoryMarshal.GetReference(tail);
            if (text.Length - at >= ByteClasses.Needed)
            {
                window = ref MemoryMarshal.GetReference(text[at..]);
            }
            else
            {
                tail.Clear();
                text[at..].CopyTo(tail);
            }

            ByteClasses.Read(ref window, out var masks);
            wide |= masks.Wide;
            escapes |= masks.Escapes;
            if ((masks.Marks != 0 && HoldsMark(text, at, masks.Marks, assigned))
                || (masks.Colons != 0 && HoldsName(text, at, masks.Colons, named))
                || (masks.Prefixes != 0 && HoldsPrefix(text, at, masks.Prefixes))
                || HoldsNumber(text, at, masks.Digits, masks.Digits | masks.Separators))
            {
                return true;
            }

            at = Advance(text, at, masks, ref wide, out var mayHold);
            if (mayHold)
            {
                return true;
            }
        }

        return (wide != 0 && PrefilterEscapes.HoldsWide(text, named))
            || (escapes != 0 && (PrefilterEscapes.HoldsNestedEscape(text) || PrefilterEscapes.HoldsTabbedDigits(text)));
    }

    private static bool HoldsMark(ReadOnlySpan<byte> text, int at, ulong marks, SensitiveNames assigned)
    {
        for (; marks != 0; marks &= marks - 1)
        {
            var mark = at + BitOperations.TrailingZeroCount(marks);
            var mayHold = text[mark] switch
            {
                (byte)'@' => true,
                (byte)'%' => PrefilterEscapes.MayBeEncoded(text[mark..]),
                _ => PrefilterNames.MayAssign(text, mark, assigned),
            };
            if (mayHold)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HoldsName(ReadOnlySpan<byte> text, int at, ulong colons, SensitiveNames named)
    {
        for (; colons != 0; colons &= colons - 1)
        {
            if (PrefilterNames.MayName(text, at + BitOperations.TrailingZeroCount(colons) + 2, named))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HoldsPrefix(ReadOnlySpan<byte> text, int at, ulong prefixes)
    {
        for (; prefixes != 0; prefixes &= prefixes - 1)
        {
            if (PrefilterKeys.MayBeKey(text, at + BitOperations.TrailingZeroCount(prefixes)))
            {
                return true;
            }
        }

        return false;
    }

    // Runs of digits and separators that end within the window; one that touches its end is read again from its begin.
    private static bool HoldsNumber(ReadOnlySpan<byte> text, int at, ulong digits, ulong run)
    {
        var isLast = text.Length - at <= ByteClasses.Window;
        var long9 = run & (run >> 1);
        long9 &= long9 >> 2;
        long9 &= long9 >> 4;
        long9 &= run >> 8;
        while (long9 != 0)
        {
            var start = BitOperations.TrailingZeroCount(long9);
            var length = BitOperations.TrailingZeroCount(~(run >> start));
            var end = start + length;
            if (end >= ByteClasses.Window && !isLast)
            {
                return false;
            }

            var mask = length >= ByteClasses.Window ? ulong.MaxValue : ((1UL << length) - 1) << start;
            if (BitOperations.PopCount(digits & mask) >= MinDigits
                && !PrefilterNumbers.IsJsonNumber(text, at + start)
                && PrefilterNumbers.MayHold(text, at + start, Math.Min(at + end, text.Length), (digits & mask) >> start))
            {
                return true;
            }

            long9 &= ~mask;
        }

        return false;
    }

    private static int Advance(ReadOnlySpan<byte> text, int at, in ByteMasks masks, ref ulong wide, out bool mayHold)
    {
        mayHold = false;
        var run = masks.Digits | masks.Separators;
        var next = at + ByteClasses.Window;
        var touching = BitOperations.LeadingZeroCount(~run);
        if (touching == 0 || next >= text.Length)
        {
            return next;
        }

        // Without digits so far only a plus or a parenthesis before the first one counts, or the dashes of a key's armour.
        var touchingMask = ulong.MaxValue << (ByteClasses.Window - touching);
        if ((masks.Digits & touchingMask) == 0)
        {
            return next - Math.Min(touching, KeptOfRun);
        }

        if (touching < ByteClasses.Window)
        {
            return next - touching;
        }

        // A run longer than a window: text in another script, or a list of numbers.
        var digits = 0;
        for (next = at; next < text.Length && ByteClasses.IsNumberPart(text[next]); next++)
        {
            digits += char.IsAsciiDigit((char)text[next]) ? 1 : 0;
            wide |= text[next] & 0x80UL;
        }

        mayHold = digits >= MinDigits;
        return next - KeptOfRun;
    }
}
