using TelemetryActors.Storage;

namespace TelemetryActors.Recording;

/// <summary>Brings the end of a recorder's file in order before the next line goes there.</summary>
/// <remarks>
/// A write that failed half-way, or a machine that died, leaves the beginning of a line. When that is recognisably a recorder's, it is cut off;
/// anything else that lacks its line feed is kept and given one.
/// </remarks>
internal static class RecordTail
{
    private const int MaxTornBytes = 1024 * 1024;

    private static ReadOnlySpan<byte> LineBeginning => "{\"ts\":\""u8;

    /// <summary>Where the next line goes.</summary>
    /// <exception cref="IOException">The file could not be brought in order.</exception>
    public static long Mend(IStorageFile file)
    {
        var end = file.Identity.Length;
        Span<byte> last = stackalloc byte[1];
        if (end == 0 || (file.Read(last, end - 1) == 1 && last[0] == (byte)'\n'))
        {
            return end;
        }

        var rest = new byte[Math.Min(end, MaxTornBytes)];
        var read = rest.AsSpan(0, file.Read(rest, end - rest.Length));
        var torn = read[(read.LastIndexOf((byte)'\n') + 1)..];
        if (IsTorn(torn))
        {
            file.Truncate(end - torn.Length);
            return end - torn.Length;
        }

        file.Write("\n"u8, end);
        return end + 1;
    }

    // Zeros are what a machine that died leaves of a write whose length reached the device and whose bytes did not.
    private static bool IsTorn(ReadOnlySpan<byte> rest)
    {
        var known = Math.Min(rest.Length, LineBeginning.Length);
        var isOurs = rest[..known].SequenceEqual(LineBeginning[..known]) || rest.IndexOfAnyExcept((byte)0) < 0;
        return isOurs && !TelemetryRecord.TryParse(rest, out _);
    }
}
