namespace TelemetryActors.Cli.Ingest;

/// <summary>CRC-32 and length of what a gzip member unpacks to, as its trailer has them (RFC 1952).</summary>
internal sealed class GzipChecksum
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(entry => Entry((uint)entry))];

    private uint _sum = uint.MaxValue;

    public uint Sum => ~_sum;

    /// <summary>Bytes, modulo 2^32.</summary>
    public uint Length { get; private set; }

    public void Begin() => (_sum, Length) = (uint.MaxValue, 0);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var sum = _sum;
        foreach (var value in bytes)
        {
            sum = Table[(byte)(sum ^ value)] ^ (sum >> 8);
        }

        _sum = sum;
        Length = unchecked(Length + (uint)bytes.Length);
    }

    private static uint Entry(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            value = (value & 1) == 0 ? value >> 1 : 0xEDB88320 ^ (value >> 1);
        }

        return value;
    }
}
