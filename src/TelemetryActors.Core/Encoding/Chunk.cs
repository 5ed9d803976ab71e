namespace TelemetryActors.Encoding;

/// <summary>Bytes that are written often: padded to whole vectors, so that they are copied in a few wide steps whatever their length.</summary>
internal readonly struct Chunk
{
    /// <summary>Bytes of one step.</summary>
    public const int Step = 32;

    public Chunk(ReadOnlySpan<byte> bytes)
    {
        Padded = new byte[(bytes.Length + Step - 1) / Step * Step];
        bytes.CopyTo(Padded);
        Length = bytes.Length;
    }

    public byte[] Padded { get; }

    public int Length { get; }
}
