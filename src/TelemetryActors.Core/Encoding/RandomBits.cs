namespace TelemetryActors.Encoding;

/// <summary>Random bits of the operating system, for names that must not meet.</summary>
/// <remarks>
/// Taken from new GUIDs: they come from the same source as those of the cryptography classes, which load a library for it that takes a tenth of a cold start.
/// </remarks>
internal static class RandomBits
{
    // The seventh to ninth byte of a GUID say its version and variant.
    private const int BytesBefore = 6;
    private const int BytesBehind = 6;
    private const int GuidBytes = 16;

    public static void Fill(Span<byte> target)
    {
        Span<byte> guid = stackalloc byte[GuidBytes];
        while (!target.IsEmpty)
        {
            Guid.NewGuid().TryWriteBytes(guid);
            guid[^BytesBehind..].CopyTo(guid[BytesBefore..]);
            var taken = Math.Min(target.Length, BytesBefore + BytesBehind);
            guid[..taken].CopyTo(target);
            target = target[taken..];
        }
    }

    public static ulong Next()
    {
        Span<byte> bits = stackalloc byte[sizeof(ulong)];
        Fill(bits);
        return BitConverter.ToUInt64(bits);
    }
}
