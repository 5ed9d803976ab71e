using System.Buffers.Binary;
using System.Runtime.Serialization;

namespace TelemetryActors.AkkaNet.Wire;

/// <summary>Reads the parts that the wire format is made of, from bytes that may be anything.</summary>
/// <remarks>Nothing is allocated on the word of a length that the bytes do not bear out.</remarks>
/// <exception cref="SerializationException">The bytes are not what they are said to be.</exception>
internal sealed class WireReader(ReadOnlyMemory<byte> bytes)
{
    private static readonly System.Text.Encoding Utf8 = new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true);

    // Room made for a list before its entries are seen: an entry in memory is many times what it is in bytes.
    private const int MostAtOnce = 64;

    private ReadOnlyMemory<byte> _rest = bytes;

    public int Count()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = Take(1)[0];
            value |= (uint)(next & 0x7F) << shift;
            if (next == 0 && shift > 0)
            {
                throw Bad("a count is longer than it must be");
            }

            if (next < 0x80)
            {
                return value <= int.MaxValue && (shift < 28 || next < 0x08) ? (int)value : throw Bad("a count is too large");
            }
        }

        throw Bad("a count does not end");
    }

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public double Double() => BitConverter.Int64BitsToDouble(Int64());

    public bool Truth() => Take(1)[0] switch
    {
        0 => false,
        1 => true,
        var other => throw Bad($"a truth is 0 or 1, not {other}"),
    };

    public DateTimeOffset Instant() => Int64() is var ticks && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
        ? new DateTimeOffset(ticks, TimeSpan.Zero)
        : throw Bad($"{ticks} is no instant");

    /// <summary>A part of the bytes read from, not a copy.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        var length = Count();
        var found = _rest;
        Take(length);
        return found[..length];
    }

    public string Text()
    {
        try
        {
            return Utf8.GetString(Bytes().Span);
        }
        catch (System.Text.DecoderFallbackException exception)
        {
            throw Bad($"a text is not UTF-8: {exception.Message}");
        }
    }

    public string? MaybeText() => Truth() ? Text() : null;

    public T? Maybe<T>(Func<T> read)
        where T : struct => Truth() ? read() : null;

    public List<T> List<T>(Func<T> read)
    {
        var count = Count();
        if (count > _rest.Length)
        {
            throw Bad($"{count} entries are said to be there, and {_rest.Length} bytes are");
        }

        var list = new List<T>(Math.Min(count, MostAtOnce));
        for (var index = 0; index < count; index++)
        {
            list.Add(read());
        }

        return list;
    }

    /// <summary>Nothing may be left.</summary>
    public void End()
    {
        if (!_rest.IsEmpty)
        {
            throw Bad($"{_rest.Length} bytes are left over");
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw Bad($"{count} bytes are needed, and {_rest.Length} are there");
        }

        var taken = _rest.Span[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static SerializationException Bad(string why) => new(why);
}
