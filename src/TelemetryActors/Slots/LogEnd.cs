using TelemetryActors.Log;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>Where a writer slot's log ends, against what its ring knows of it: files that were edited end anywhere.</summary>
/// <param name="Position">Behind the newest event that the files hold.</param>
/// <param name="Folder">Where they are.</param>
/// <param name="Furthest">The stretch that reaches furthest; null when there is none.</param>
internal readonly record struct LogEnd(long Position, LogFolder Folder, LogStretch? Furthest)
{
    private const int ComparedBytes = 512;

    /// <summary>Copies bytes of a ring.</summary>
    /// <returns>How many; -1 when the position is not in the ring any more.</returns>
    public delegate int Reading(long position, Span<byte> target);

    /// <summary>Whether the files do not end as the ring has it: within an event, or behind other bytes. What the ring says of the log's progress is always between two events, and holds then.</summary>
    public bool IsEdited(EventRing ring)
    {
        var end = Position;
        return IsEdited(ring.Floor, ring.Head, () => RingReader.IsBoundary(ring, end), ring.Read);
    }

    /// <summary>The same, for a ring of which there is a copy.</summary>
    /// <param name="floor">The oldest position that can be read.</param>
    /// <param name="head">The log's progress as the ring says it.</param>
    /// <param name="isBoundary">Whether an event begins at the end.</param>
    /// <param name="ring">Its bytes.</param>
    public bool IsEdited(long floor, long head, Func<bool> isBoundary, Reading ring) =>
        Position >= floor && Position != head && !(isBoundary() && StandsAsIn(floor, ring));

    // Where lines were taken out of a file, what is left of it ends between two events as well, and holds some of those that the ring has behind that.
    private bool StandsAsIn(long floor, Reading ring)
    {
        Span<byte> inRing = stackalloc byte[ComparedBytes];
        Span<byte> inFile = stackalloc byte[ComparedBytes];
        if (Furthest is not { IsGone: false } furthest || Position <= furthest.Start.Position || Position > furthest.EndPosition)
        {
            return true;
        }

        var from = Math.Max(Math.Max(Position - ComparedBytes, furthest.Start.Position), floor);
        inRing = inRing[..(int)(Position - from)];
        inFile = inFile[..inRing.Length];
        try
        {
            using var file = Folder.Files.OpenPlain(Folder.PathOf(furthest.File), writable: false);
            return ring(from, inRing) == inRing.Length
                && file.Read(inFile, furthest.Offset + from - furthest.Start.Position) == inFile.Length
                && inFile.SequenceEqual(inRing);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What it holds cannot be told: as what the ring says.
            return false;
        }
    }
}
