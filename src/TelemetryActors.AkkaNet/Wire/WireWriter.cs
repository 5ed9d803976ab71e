using System.Buffers;
using System.Buffers.Binary;

namespace TelemetryActors.AkkaNet.Wire;

/// <summary>Writes the parts that the wire format is made of.</summary>
internal sealed class WireWriter(int capacity)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(Math.Max(capacity, 1));

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    /// <summary>Seven bits a byte, the lowest first.</summary>
    public void Count(int value)
    {
        var rest = (uint)value;
        while (rest >= 0x80)
        {
            Byte((byte)(rest | 0x80));
            rest >>= 7;
        }

        Byte((byte)rest);
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(sizeof(long)), value);
        _buffer.Advance(sizeof(long));
    }

    public void Double(double value) => Int64(BitConverter.DoubleToInt64Bits(value));

    public void Truth(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Instant(DateTimeOffset value) => Int64(value.UtcTicks);

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Count(value.Length);
        _buffer.Write(value);
    }

    public void Text(string value)
    {
        var length = System.Text.Encoding.UTF8.GetByteCount(value);
        Count(length);
        System.Text.Encoding.UTF8.GetBytes(value, _buffer.GetSpan(Math.Max(length, 1)));
        _buffer.Advance(length);
    }

    /// <summary>A truth that says whether there is one, then the value.</summary>
    public void Maybe<T>(T? value, Action<T> write)
        where T : class
    {
        Truth(value is not null);
        if (value is not null)
        {
            write(value);
        }
    }

    /// <summary>A truth that says whether there is one, then the value.</summary>
    public void Maybe<T>(T? value, Action<T> write)
        where T : struct
    {
        Truth(value is not null);
        if (value is { } there)
        {
            write(there);
        }
    }

    public void List<T>(IReadOnlyCollection<T> values, Action<T> write)
    {
        Count(values.Count);
        foreach (var value in values)
        {
            write(value);
        }
    }

    private void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }
}
