using System.Buffers.Binary;
using System.Globalization;

namespace TelemetryActors.Cli.Ingest;

/// <summary>The bytes of gzip data, one a read, so that whoever inflates them takes none of what stands behind.</summary>
internal sealed class GzipBytes(CountingStream packed) : ForwardStream
{
    private const byte Deflate = 8;
    private const int HasHeaderChecksum = 2;
    private const int HasExtra = 4;
    private const int HasName = 8;
    private const int HasComment = 16;

    private readonly byte[] _chunk = new byte[64 * 1024];
    private long _before;
    private int _next;
    private int _end;

    /// <summary>Bytes that were taken.</summary>
    public long Count => _before + _next;

    /// <summary>Whether more was asked for than there is.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether nothing is left; reads on to know it.</summary>
    public bool AtEnd => _next == _end && !Fill();

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (AtEnd)
        {
            HasEnded = true;
            return 0;
        }

        buffer[0] = _chunk[_next++];
        return 1;
    }

    /// <exception cref="InvalidDataException">Nothing is left.</exception>
    public byte Next() => AtEnd ? throw CutOff(Count) : _chunk[_next++];

    /// <summary>Four bytes, the lowest first.</summary>
    /// <exception cref="InvalidDataException">Fewer are left.</exception>
    public uint NextNumber()
    {
        Span<byte> bytes = [Next(), Next(), Next(), Next()];
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>Goes on to the next byte that is not zero, or to the end.</summary>
    public void SkipZeros()
    {
        while (!AtEnd && _chunk[_next] == 0)
        {
            _next++;
        }
    }

    /// <summary>Passes over a member's header behind its two marking bytes.</summary>
    /// <exception cref="InvalidDataException">It is cut off, or not of a kind that is known.</exception>
    public void SkipHeader()
    {
        if (Next() != Deflate)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"the gzip data are damaged before byte {Count}: the header names no known compression"));
        }

        var flags = Next();
        Skip(6);
        if ((flags & HasExtra) != 0)
        {
            Skip(Next() | (Next() << 8));
        }

        SkipText((flags & HasName) != 0);
        SkipText((flags & HasComment) != 0);
        Skip((flags & HasHeaderChecksum) != 0 ? 2 : 0);
    }

    public static InvalidDataException CutOff(long count) =>
        new(string.Create(CultureInfo.InvariantCulture, $"the gzip data are cut off at byte {count}"));

    private void Skip(int bytes)
    {
        for (; bytes > 0; bytes--)
        {
            Next();
        }
    }

    private void SkipText(bool isThere)
    {
        while (isThere && Next() != 0)
        {
        }
    }

    private bool Fill()
    {
        _before += _end;
        (_next, _end) = (0, 0);
        _end = packed.Read(_chunk);
        return _end > 0;
    }
}
