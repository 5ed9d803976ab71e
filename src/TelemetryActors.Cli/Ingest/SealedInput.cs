using System.IO.Compression;

namespace TelemetryActors.Cli.Ingest;

/// <summary>Gzip data with one more member behind them, in a read of its own: the seal, which no data hold.</summary>
internal sealed class SealedInput(CountingStream data) : ForwardStream
{
    private static readonly byte[] Seal = Guid.NewGuid().ToByteArray();
    private static readonly byte[] PackedSeal = Pack(Seal);

    private int _given;

    /// <summary>What the member behind the data unpacks to.</summary>
    public static ReadOnlySpan<byte> SealBytes => Seal;

    /// <summary>Whether all data were read, and more was asked for.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Bytes of the data that were read.</summary>
    public long Count => data.Count;

    public override int Read(Span<byte> buffer)
    {
        if (!HasEnded && data.Read(buffer) is > 0 and var read)
        {
            return read;
        }

        HasEnded = true;
        var part = PackedSeal.AsSpan(_given, Math.Min(buffer.Length, PackedSeal.Length - _given));
        part.CopyTo(buffer);
        _given += part.Length;
        return part.Length;
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
