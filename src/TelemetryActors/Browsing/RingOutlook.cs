using TelemetryActors.Ring;

namespace TelemetryActors.Browsing;

/// <summary>Says where rings really go: the memory that is named for them may have no room for one.</summary>
internal static class RingOutlook
{
    /// <param name="placement">Where rings may be.</param>
    /// <param name="ringBytes">How large the next one is to be.</param>
    /// <param name="rings">Those of all slots, by their numbers.</param>
    /// <returns>As living writers show it; where there are none, as the room that is left now does.</returns>
    public static RingPlacement Of(RingPlacement placement, long ringBytes, IReadOnlyList<SlotRing> rings)
    {
        if (placement.Directory is not { } directory || directory == placement.State)
        {
            return placement;
        }

        var living = rings.Where(ring => ring is { Condition: RingCondition.InUse, Path: not null }).ToList();
        if (living.Find(ring => IsIn(placement.State, ring)) is { } onDisk)
        {
            return placement.WithoutRoom($"{directory} had no room for the ring of slot {onDisk.Slot}");
        }

        return living.Count > 0 || HasRoom(directory, RingHeader.Bytes + ringBytes - OfDead(directory, rings))
            ? placement
            : placement.WithoutRoom($"{directory} has no room for {ringBytes} bytes");
    }

    // The next start goes on in the first free slot, and what a dead writer left there goes before its own ring is made.
    private static long OfDead(string directory, IReadOnlyList<SlotRing> rings) =>
        rings.FirstOrDefault(ring => ring.Condition == RingCondition.Left && IsIn(directory, ring)) is { Path: { } path } && new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static bool IsIn(string? directory, SlotRing ring) => Path.GetDirectoryName(ring.Path) == directory;

    private static bool HasRoom(string directory, long bytes)
    {
        try
        {
            return new DriveInfo(directory).AvailableFreeSpace >= bytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Who cannot say is tried.
            return true;
        }
    }
}
