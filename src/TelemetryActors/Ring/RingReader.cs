using TelemetryActors.Events;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Ring;

/// <summary>Reads whole events from a ring, and finds its oldest one when a reader was overtaken.</summary>
internal static class RingReader
{
    private const byte LineFeed = (byte)'\n';
    private const int CountChunkBytes = 64 * 1024;

    /// <summary>Reads from a cursor on.</summary>
    /// <returns>The events; null when the cursor is below what the ring still has, or of another stream.</returns>
    public static EventRead? TryRead(EventRing ring, Cursor from, int maxEvents, Span<byte> buffer)
    {
        var tail = ring.Tail;
        if (from.Stream != tail.Stream || from.Position > tail.Position)
        {
            return null;
        }

        if (from.Position == tail.Position)
        {
            // At the tail the ordinal is known: what was counted otherwise on the way is a loss.
            return new EventRead(from.Ordinal < tail.Ordinal ? tail : from, from.Ordinal < tail.Ordinal ? tail : from, 0, DropReason.Missing);
        }

        var available = (int)Math.Min(buffer.Length, tail.Position - from.Position);
        var read = ring.Read(from.Position, buffer[..available]);
        if (read < 0)
        {
            return null;
        }

        var (bytes, count) = WholeLines(buffer[..read], maxEvents);
        var end = new Cursor(from.Stream, from.Position + bytes, from.Ordinal + count);
        return new EventRead(from, end, bytes, DropReason.None);
    }

    /// <summary>The oldest whole event that the ring still has.</summary>
    public static Cursor Oldest(EventRing ring)
    {
        var chunk = new byte[CountChunkBytes];
        while (true)
        {
            var floor = ring.Floor;
            // What the ring says of the log's progress is always between two events: an exactly full ring begins with one that only it has.
            var aligned = floor == 0 || ring.BeginsAt(floor) || floor == ring.Head ? floor : NextLine(ring, floor, chunk);
            if (aligned >= 0 && TryLocate(ring, aligned, chunk) is { } cursor)
            {
                return cursor;
            }
        }
    }

    /// <summary>Whether an event begins, or would begin, at a position; false when the ring has lost what stands before it.</summary>
    public static bool IsBoundary(EventRing ring, long position)
    {
        Span<byte> before = stackalloc byte[1];
        return ring.BeginsAt(position) || (position <= ring.Tail.Position && ring.Read(position - 1, before) == 1 && before[0] == LineFeed);
    }

    /// <summary>Whether a position lies in the middle of an event; false when the ring has lost what stands before it.</summary>
    public static bool IsWithinEvent(EventRing ring, long position)
    {
        Span<byte> before = stackalloc byte[1];
        return !ring.BeginsAt(position) && ring.Read(position - 1, before) == 1 && before[0] != LineFeed;
    }

    /// <summary>The first event that begins behind a position; null when the ring has lost it.</summary>
    public static Cursor? FirstBehind(EventRing ring, long position)
    {
        var chunk = new byte[CountChunkBytes];
        return NextLine(ring, position, chunk) is >= 0 and var next ? TryLocate(ring, next, chunk) : null;
    }

    /// <summary>The ordinal of a position at which an event begins; null when the ring has lost it.</summary>
    public static Cursor? TryLocate(EventRing ring, long position) => TryLocate(ring, position, new byte[CountChunkBytes]);

    private static Cursor? TryLocate(EventRing ring, long position, byte[] chunk)
    {
        var tail = ring.Tail;
        var lines = 0L;
        for (var at = position; at < tail.Position;)
        {
            var read = ring.Read(at, chunk.AsSpan(0, (int)Math.Min(chunk.Length, tail.Position - at)));
            if (read < 0)
            {
                return null;
            }

            lines += chunk.AsSpan(0, read).Count(LineFeed);
            at += read;
        }

        return new Cursor(tail.Stream, position, tail.Ordinal - lines);
    }

    private static long NextLine(EventRing ring, long position, byte[] chunk)
    {
        // The floor moves while the ring is being overwritten: a little room keeps the search from being overtaken at once.
        var slack = ring.Overwrites && ring.Tail.Position - position > ring.Capacity / 2 ? ring.Capacity / 16 : 0;
        var at = position + slack;
        for (var read = ring.Read(at, chunk); read > 0; read = ring.Read(at, chunk))
        {
            var feed = chunk.AsSpan(0, read).IndexOf(LineFeed);
            if (feed >= 0)
            {
                return at + feed + 1;
            }

            at += read;
        }

        return -1;
    }

    private static (int Bytes, int Count) WholeLines(ReadOnlySpan<byte> bytes, int maxEvents)
    {
        var whole = bytes.LastIndexOf(LineFeed) + 1;
        var count = bytes[..whole].Count(LineFeed);
        if (count <= maxEvents)
        {
            return (whole, count);
        }

        var taken = 0;
        for (var i = 0; i < maxEvents; i++)
        {
            taken += bytes[taken..].IndexOf(LineFeed) + 1;
        }

        return (taken, maxEvents);
    }
}
