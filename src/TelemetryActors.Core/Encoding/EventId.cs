using System.Buffers;
using System.Buffers.Binary;

namespace TelemetryActors.Encoding;

/// <summary>The ids of one process start: <c>&lt;instance&gt;-&lt;seq&gt;</c>, fixed width, without holes.</summary>
/// <remarks>The instance is 55 random bits; the sequence has 14 digits. Immutable: who writes the ids keeps the number.</remarks>
internal sealed class EventId
{
    /// <summary>Characters of an id.</summary>
    public const int Width = InstanceWidth + 1 + SequenceWidth;

    /// <summary>The largest number that an id can hold: more than a process writes in half a year at its fastest.</summary>
    public const long MaxSequence = 99_999_999_999_999;

    /// <summary>Characters of an instance.</summary>
    public const int InstanceWidth = 11;

    private const int SequenceWidth = 14;
    private const long EightDigitBase = 100_000_000;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private static readonly SearchValues<byte> AlphabetBytes = SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(Alphabet));

    private readonly byte[] _text = new byte[InstanceWidth + 1];

    public EventId()
    {
        Span<byte> random = stackalloc byte[InstanceWidth];
        RandomBits.Fill(random);
        for (var i = 0; i < InstanceWidth; i++)
        {
            _text[i] = (byte)Alphabet[random[i] & 31];
        }

        _text[InstanceWidth] = (byte)'-';
    }

    /// <summary>The instance's text.</summary>
    public string Instance => System.Text.Encoding.ASCII.GetString(_text, 0, InstanceWidth);

    /// <summary>Whether a text has the form of an id.</summary>
    public static bool IsId(ReadOnlySpan<byte> text) =>
        text.Length == Width
        && text[InstanceWidth] == '-'
        && text[..InstanceWidth].IndexOfAnyExcept(AlphabetBytes) < 0
        && text[(InstanceWidth + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    /// <summary>The instance of an id; null when the text has not the form of one.</summary>
    public static string? InstanceOf(ReadOnlySpan<byte> text) => IsId(text) ? System.Text.Encoding.ASCII.GetString(text[..InstanceWidth]) : null;

    /// <summary>Writes the id with a number.</summary>
    /// <param name="target">At least <see cref="Width"/> bytes.</param>
    /// <param name="sequence">From 1 to <see cref="MaxSequence"/>.</param>
    public void Write(Span<byte> target, long sequence)
    {
        var (high, low) = Math.DivRem(sequence, EightDigitBase);
        BinaryPrimitives.WriteUInt64LittleEndian(target[(Width - 8)..], EightDigits((uint)low));
        BinaryPrimitives.WriteUInt64LittleEndian(target[(Width - 16)..], EightDigits((uint)high));

        // Last, because sixteen digits reach two characters into it.
        _text.CopyTo(target);
    }

    /// <summary>Reads an id of this form.</summary>
    /// <param name="id">Any text.</param>
    /// <param name="instance">The part that names the process start.</param>
    /// <param name="sequence">Its number there.</param>
    public static bool TryRead(ReadOnlySpan<byte> id, out ReadOnlySpan<byte> instance, out long sequence)
    {
        instance = default;
        sequence = 0;
        if (!IsId(id))
        {
            return false;
        }

        foreach (var digit in id[(InstanceWidth + 1)..])
        {
            sequence = (sequence * 10) + (digit - '0');
        }

        instance = id[..InstanceWidth];
        return true;
    }

    // All eight digits at once: quotients by 100 in two halves, then by 10 in four quarters, each within its part of one word.
    private static ulong EightDigits(uint value)
    {
        var halves = (ulong)(value / 10_000) | ((ulong)(value % 10_000) << 32);
        var hundreds = ((halves * 10_486) >> 20) & 0x0000_007F_0000_007F;
        var pairs = ((halves - (100 * hundreds)) << 16) + hundreds;
        var tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
        return tens + ((pairs - (10 * tens)) << 8) + 0x3030_3030_3030_3030;
    }
}
