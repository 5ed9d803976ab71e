using TelemetryActors.Storage;

namespace TelemetryActors.Recording;

/// <summary>Where the next line of a recorder's file goes, given how the file ends.</summary>
/// <remarks>
/// A write that failed half-way, or a machine that died, leaves the beginning of a line. When that is recognisably a recorder's, the next line
/// is written over it; anything else that lacks its line feed is kept and given one.
/// </remarks>
/// <param name="Offset">Where to write.</param>
/// <param name="NeedsLineFeed">Whether what stands before needs its line feed first.</param>
/// <param name="TornBytes">Bytes of a torn line that the new one has to cover.</param>
internal readonly record struct RecordTail(long Offset, bool NeedsLineFeed, int TornBytes)
{
    private const int MaxTornBytes = 1024 * 1024;

    private static ReadOnlySpan<byte> LineBeginning => "{\"ts\":\""u8;

    public static RecordTail Of(IStorageFile file, long end)
    {
        Span<byte> last = stackalloc byte[1];
        if (end == 0 || (file.Read(last, end - 1) == 1 && last[0] == (byte)'\n'))
        {
            return new RecordTail(end, NeedsLineFeed: false, TornBytes: 0);
        }

        var rest = new byte[Math.Min(end, MaxTornBytes)];
        var read = rest.AsSpan(0, file.Read(rest, end - rest.Length));
        var torn = read[(read.LastIndexOf((byte)'\n') + 1)..];
        return IsTorn(torn)
            ? new RecordTail(end - torn.Length, NeedsLineFeed: false, torn.Length)
            : new RecordTail(end, NeedsLineFeed: true, TornBytes: 0);
    }

    /// <summary>The bytes to write for a line that ends with its line feed.</summary>
    public ReadOnlySpan<byte> Fit(byte[] line)
    {
        if (NeedsLineFeed)
        {
            return (byte[])[(byte)'\n', .. line];
        }

        if (TornBytes < line.Length)
        {
            return line;
        }

        // Blanks before the line feed keep the line valid and the length covered.
        var covering = new byte[TornBytes + 1];
        covering.AsSpan().Fill((byte)' ');
        line.AsSpan(0, line.Length - 1).CopyTo(covering);
        covering[^1] = (byte)'\n';
        return covering;
    }

    // Zeros are what a machine that died leaves of a write whose length reached the device and whose bytes did not.
    private static bool IsTorn(ReadOnlySpan<byte> rest)
    {
        var known = Math.Min(rest.Length, LineBeginning.Length);
        var isOurs = rest[..known].SequenceEqual(LineBeginning[..known]) || rest.IndexOfAnyExcept((byte)0) < 0;
        return isOurs && !TelemetryRecord.TryParse(rest, out _);
    }
}
