using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Unicode;

namespace TelemetryActors.Encoding;

/// <summary>Writes JSON text into a buffer of limited size.</summary>
/// <remarks>What does not fit sets <see cref="IsFull"/> and writes nothing more; the caller takes a larger buffer or cuts the event.</remarks>
internal ref struct LineWriter(Span<byte> buffer)
{
    // The longest escape of one UTF-16 unit is \u001f.
    public const int MaxBytesPerChar = 6;

    // Below it a thousandth is exact in a double, and the text has at most this many characters.
    private const double LargestThousandths = 1e15;
    private const int MaxFixedChars = 24;

    private readonly Span<byte> _buffer = buffer;

    public int Written { get; private set; }

    public bool IsFull { get; private set; }

    public readonly int Room => _buffer.Length - Written;

    public readonly Span<byte> WrittenBytes => _buffer[..Written];

    public void Rewind(int written)
    {
        Written = written;
        IsFull = false;
    }

    /// <summary>Bytes that were prepared for it; what stands behind them in the buffer is written over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Raw(Chunk chunk)
    {
        var padded = chunk.Padded;
        if (padded.Length > Room)
        {
            Raw(padded.AsSpan(0, chunk.Length));
            return;
        }

        ref var source = ref MemoryMarshal.GetArrayDataReference(padded);
        ref var target = ref Unsafe.Add(ref MemoryMarshal.GetReference(_buffer), Written);

        for (nuint done = 0; done < (nuint)padded.Length; done += Chunk.Step)
        {
            Vector256.LoadUnsafe(ref source, done).StoreUnsafe(ref target, done);
        }

        Written += chunk.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Room)
        {
            IsFull = true;
            return;
        }

        bytes.CopyTo(_buffer[Written..]);
        Written += bytes.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Raw(byte value)
    {
        if ((uint)Written >= (uint)_buffer.Length)
        {
            IsFull = true;
            return;
        }

        _buffer[Written++] = value;
    }

    /// <summary>A JSON string with its quotes. Unpaired surrogates become U+FFFD.</summary>
    public void Text(ReadOnlySpan<char> value)
    {
        if (value.Length + 2 > Room)
        {
            IsFull = true;
            return;
        }

        _buffer[Written] = (byte)'"';
        var target = _buffer[(Written + 1)..];
        var plain = PlainAscii.Copy(value, target);
        Written += 1 + plain;
        if (plain < value.Length)
        {
            EscapedText(value[plain..]);
        }

        Raw((byte)'"');
    }

    public void Number(long value)
    {
        if (value.TryFormat(_buffer[Written..], out var length, default, CultureInfo.InvariantCulture))
        {
            Written += length;
        }
        else
        {
            IsFull = true;
        }
    }

    /// <summary>A finite number in the fewest digits that read back as the same number.</summary>
    public void Number(double value)
    {
        // Most numbers of programs have at most three decimals: as thousandths they are whole, and dividing gives them back exactly.
        var thousandths = value * 1000;
        if (Math.Abs(thousandths) < LargestThousandths && Room >= MaxFixedChars)
        {
            var whole = (long)Math.Round(thousandths);
            if (whole / 1000.0 == value && (whole != 0 || !double.IsNegative(value)))
            {
                Thousandths(whole);
                return;
            }
        }

        Formatted(value);
    }

    private void Thousandths(long value)
    {
        if (value < 0)
        {
            _buffer[Written++] = (byte)'-';
            value = -value;
        }

        var (whole, rest) = Math.DivRem((ulong)value, 1000UL);
        whole.TryFormat(_buffer[Written..], out var length, default, CultureInfo.InvariantCulture);
        Written += length;
        if (rest == 0)
        {
            return;
        }

        _buffer[Written++] = (byte)'.';
        for (var place = 100UL; rest > 0; place /= 10)
        {
            (var digit, rest) = Math.DivRem(rest, place);
            _buffer[Written++] = (byte)('0' + digit);
        }
    }

    public void Formatted<T>(T value, ReadOnlySpan<char> format = default)
        where T : IUtf8SpanFormattable
    {
        if (value.TryFormat(_buffer[Written..], out var length, format, CultureInfo.InvariantCulture))
        {
            Written += length;
        }
        else
        {
            IsFull = true;
        }
    }

    private void EscapedText(ReadOnlySpan<char> value)
    {
        while (!value.IsEmpty && !IsFull)
        {
            var c = value[0];
            if (c is < ' ' or '"' or '\\' or '\u007f')
            {
                Escape(c);
                value = value[1..];
                continue;
            }

            var run = value.IndexOfAnyInRange('\0', '\u001f');
            run = Nearer(run, value.IndexOfAny('"', '\\', '\u007f'));
            var chunk = run < 0 ? value : value[..run];
            Utf8.FromUtf16(chunk, _buffer[Written..], out var read, out var written, replaceInvalidSequences: true);
            Written += written;
            if (read < chunk.Length)
            {
                IsFull = true;
            }

            value = value[chunk.Length..];
        }
    }

    private static int Nearer(int one, int other) => one < 0 ? other : other < 0 ? one : Math.Min(one, other);

    private void Escape(char c)
    {
        if (Room < MaxBytesPerChar)
        {
            IsFull = true;
            return;
        }

        switch (c)
        {
            case '"':
                Raw("\\\""u8);
                break;
            case '\\':
                Raw("\\\\"u8);
                break;
            case '\n':
                Raw("\\n"u8);
                break;
            case '\r':
                Raw("\\r"u8);
                break;
            case '\t':
                Raw("\\t"u8);
                break;
            default:
                Raw("\\u00"u8);
                Raw(Hex(c >> 4));
                Raw(Hex(c & 15));
                break;
        }
    }

    private static byte Hex(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
