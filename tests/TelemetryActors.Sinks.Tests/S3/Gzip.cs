using System.IO.Compression;

namespace TelemetryActors.Sinks.Tests.S3;

/// <summary>What a compressed object holds.</summary>
internal static class Gzip
{
    public static byte[] Open(byte[] compressed)
    {
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
