using System.Diagnostics;

namespace TelemetryActors.Encoding;

/// <summary>A decimal counter kept as text of fixed width, so that the next number costs one byte and not a division.</summary>
/// <remarks>Not thread-safe: the ring's lock guards it.</remarks>
internal sealed class AsciiCounter
{
    private readonly byte[] _digits;

    /// <param name="width">Digits, at most 19.</param>
    /// <param name="fill">What stands before the first digit: a zero in text, a blank in a JSON number.</param>
    public AsciiCounter(int width, byte fill)
    {
        _digits = new byte[width];
        _digits.AsSpan().Fill(fill);
        _digits[^1] = (byte)'0';
    }

    public ReadOnlySpan<byte> Digits => _digits;

    /// <summary>The number; may be read beside the counting, and is then at most one behind.</summary>
    public long Value { get; private set; }

    /// <summary>Counts one further.</summary>
    /// <returns>False when the width is used up; the counter stays at its last number.</returns>
    public bool TryIncrement()
    {
        var digits = _digits;
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            var digit = digits[i];
            if (digit != '9')
            {
                digits[i] = digit == ' ' ? (byte)'1' : (byte)(digit + 1);
                Value++;
                return true;
            }

            digits[i] = (byte)'0';
        }

        digits.AsSpan().Fill((byte)'9');
        Debug.Assert(Value > 0, "a counter has a width");
        return false;
    }
}
