using System.Runtime.InteropServices;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Ring;

/// <summary>Makes rings and finds those that an earlier process left.</summary>
internal static unsafe class RingFactory
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    private const int BootIdBytes = 36;

    /// <summary>This boot of the machine; empty where the system does not say, and then no ring of an earlier process is trusted unless it was closed clean.</summary>
    public static Guid BootId { get; } = ReadBootId();

    /// <summary>Makes an empty ring that begins at a cursor, in its file or, when that cannot be had, in plain memory.</summary>
    /// <param name="path">The ring's file; null for plain memory.</param>
    /// <param name="capacity">Bytes; a power of two.</param>
    /// <param name="begin">Where the ring's first event will stand.</param>
    /// <param name="slot">The writer slot.</param>
    /// <param name="baseDirectory">Kept in the ring, so that one without its base directory can be told.</param>
    public static RingMemory Create(string? path, long capacity, Cursor begin, int slot, string baseDirectory)
    {
        var length = RingHeader.Bytes + capacity;
        return Begin((path is null ? null : RingMemory.TryCreate(path, length)) ?? RingMemory.Plain(length), capacity, begin, slot, baseDirectory);
    }

    /// <summary>Makes one in its file alone; null when that cannot be had.</summary>
    public static RingMemory? TryCreate(string path, long capacity, Cursor begin, int slot, string baseDirectory) =>
        RingMemory.TryCreate(path, RingHeader.Bytes + capacity) is { } memory ? Begin(memory, capacity, begin, slot, baseDirectory) : null;

    private static RingMemory Begin(RingMemory memory, long capacity, Cursor begin, int slot, string baseDirectory)
    {
        var header = (RingHeader*)memory.Start;
        header->Capacity = capacity;
        header->Stream = begin.Stream;
        header->Slot = slot;
        header->BootId = BootId;
        header->Claim = header->Tail = header->Head = header->Begin = begin.Position;
        header->EvenMark = new RingMark { Position = begin.Position, Ordinal = begin.Ordinal };
        header->OddMark = new RingMark { Position = -1 };
        var name = System.Text.Encoding.UTF8.GetBytes(baseDirectory).AsSpan();
        name = name[..Math.Min(name.Length, RingHeader.MaxBaseDirectoryBytes)];
        name.CopyTo(MemoryMarshal.CreateSpan(ref header->BaseDirectory[0], RingHeader.MaxBaseDirectoryBytes));
        header->BaseDirectoryLength = name.Length;
        Volatile.Write(ref header->Magic, RingHeader.ExpectedMagic);
        return memory;
    }

    /// <summary>Opens the ring that an earlier process left; null when there is none, or none that can be trusted.</summary>
    /// <remarks>Only for whoever has the ring's lock: a claim that was never published is taken back.</remarks>
    public static RingMemory? TryOpenLeft(string? path, StreamId stream)
    {
        if (path is null || TryView(path, stream, isOwned: false) is not { } memory)
        {
            return null;
        }

        // What was claimed and never published is not there; neither is what stood where it was to go.
        var header = (RingHeader*)memory.Start;
        header->TornTo = Math.Max(header->TornTo, header->Claim > header->Tail ? header->Claim - header->Capacity : 0);
        header->Claim = header->Tail;
        header->ForsakenSince = 0;
        return memory;
    }

    /// <summary>Opens a ring to look at it, and changes nothing in it; null when there is none, or none that can be trusted.</summary>
    /// <param name="path">The ring's file.</param>
    /// <param name="stream">Whose ring it must be.</param>
    /// <param name="isOwned">Whether a living process has it: what changes under way cannot be held against itself then, and is that process's to trust.</param>
    /// <exception cref="IOException">It is there and cannot be opened now.</exception>
    public static RingMemory? TryView(string path, StreamId stream, bool isOwned)
    {
        if (RingMemory.TryOpen(path) is not { } memory)
        {
            return null;
        }

        var header = (RingHeader*)memory.Start;
        if (isOwned ? IsRingOf(in *header, memory.Length, stream) : IsTrusted(in *header, memory.Length, stream))
        {
            return memory;
        }

        memory.Unmap();
        return null;
    }

    /// <summary>Since when nobody has been found at a ring; it is noted as an instant where nothing was noted yet.</summary>
    /// <remarks>Only for whoever has the ring's lock.</remarks>
    /// <returns>The instant; null when the file is no ring.</returns>
    public static DateTimeOffset? ForsakenSince(string path, DateTimeOffset now)
    {
        if (RingMemory.TryOpen(path) is not { } memory)
        {
            return null;
        }

        var header = (RingHeader*)memory.Start;
        if (header->Magic != RingHeader.ExpectedMagic)
        {
            return null;
        }

        // A clock that stood in the future when it was noted would keep the ring for ever.
        if (header->ForsakenSince <= 0 || header->ForsakenSince > now.UtcTicks)
        {
            header->ForsakenSince = now.UtcTicks;
        }

        var since = new DateTimeOffset(header->ForsakenSince, TimeSpan.Zero);
        GC.KeepAlive(memory);
        return since;
    }

    /// <summary>The base directory that a ring file names; null when it is no ring, or when the name did not fit.</summary>
    public static string? BaseDirectoryOf(string path)
    {
        RingHeader header;
        return ReadHeader(path, &header) > RingHeader.Bytes ? BaseDirectoryOf(&header) : null;
    }

    /// <summary>The event log's circuit as a ring's owner told it; null when it told nothing, or the file is no ring.</summary>
    public static CircuitRecord? CircuitOf(string path)
    {
        try
        {
            if (RingMemory.TryOpen(path) is not { } memory)
            {
                return null;
            }

            var header = (RingHeader*)memory.Start;
            var circuit = header->Magic == RingHeader.ExpectedMagic ? header->Circuit.Read() : null;
            GC.KeepAlive(memory);
            return circuit;
        }
        catch (IOException)
        {
            // Another user's ring: what it tells is not for this one.
            return null;
        }
    }

    /// <summary>Which slot of a base directory a ring is of, and behind what its newest event stands; null when it is of none, or cannot be read.</summary>
    public static SlotTail? TailOf(string path, string baseDirectory)
    {
        try
        {
            if (RingMemory.TryOpen(path) is not { } memory)
            {
                return null;
            }

            var header = (RingHeader*)memory.Start;
            var isOfBase = header->Magic == RingHeader.ExpectedMagic && header->BaseDirectoryLength is > 0 and < RingHeader.MaxBaseDirectoryBytes
                && System.Text.Encoding.UTF8.GetString(header->BaseDirectory, header->BaseDirectoryLength) == baseDirectory;
            SlotTail? tail = isOfBase ? new SlotTail(header->Slot, TailOf(header)) : null;
            GC.KeepAlive(memory);
            return tail;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another user's ring, or one that went while it was looked at.
            return null;
        }
    }

    /// <summary>What a ring says that nobody will trust again, because it is of an earlier boot of the machine, or damaged; null for any other, and where nobody can tell.</summary>
    /// <param name="path">The ring's file.</param>
    /// <param name="stream">Whose ring it must be.</param>
    /// <param name="baseDirectory">Of which base directory it must be.</param>
    /// <param name="boot">This boot of the machine; empty where the system does not say.</param>
    /// <exception cref="IOException">It is there and cannot be opened now.</exception>
    public static LostRing? TryFindLost(string path, StreamId stream, string baseDirectory, Guid boot)
    {
        RingHeader header;
        var length = ReadHeader(path, &header);
        if (length <= RingHeader.Bytes || BaseDirectoryOf(&header) != baseDirectory || header.Stream != stream)
        {
            return null;
        }

        var isOfEarlierBoot = boot != Guid.Empty && header.BootId != boot && header.ClosedClean != 1;
        return isOfEarlierBoot || !IsConsistent(in header, length, stream) ? new LostRing(TailOf(&header), header.Head) : null;
    }

    /// <summary>The stream of a ring that was left for a slot of a base directory of which nothing else is known; null when there is none.</summary>
    /// <remarks>Rings of others are neither mapped nor an obstacle: only their headers are read, and one that cannot be is passed over.</remarks>
    public static StreamId? FindLeft(RingPlacement placement, string baseDirectory, int slot)
    {
        foreach (var path in placement.Files($"*-{slot}.ring"))
        {
            if (StreamId.TryParse(Path.GetFileName(path).Split('-')[0], null, out var stream) && IsLeft(path, stream, baseDirectory))
            {
                return stream;
            }
        }

        return null;
    }

    private static bool IsLeft(string path, StreamId stream, string baseDirectory)
    {
        try
        {
            RingHeader header;
            var length = ReadHeader(path, &header);
            return length > RingHeader.Bytes && BaseDirectoryOf(&header) == baseDirectory && IsTrusted(in header, length, stream);
        }
        catch (IOException)
        {
            // Another user's, or one that is being made.
            return false;
        }
    }

    // As it stands in the file, which a mapping of the file shows at once; without one, whatever becomes of the file harms nobody here.
    private static long ReadHeader(string path, RingHeader* header)
    {
        try
        {
            using var handle = NativeFile.OpenUnlocked(path, createNew: false);
            var read = RandomAccess.Read(handle, new Span<byte>(header, RingHeader.Bytes), 0);
            return read == RingHeader.Bytes ? RandomAccess.GetLength(handle) : 0;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return 0;
        }
    }

    private static string? BaseDirectoryOf(RingHeader* header) =>
        header->Magic == RingHeader.ExpectedMagic && header->BaseDirectoryLength is > 0 and < RingHeader.MaxBaseDirectoryBytes
            ? System.Text.Encoding.UTF8.GetString(header->BaseDirectory, header->BaseDirectoryLength)
            : null;

    private static bool IsRingOf(in RingHeader header, long length, StreamId stream) =>
        header.Magic == RingHeader.ExpectedMagic
        && header.Stream == stream
        && header.Capacity == length - RingHeader.Bytes
        && long.IsPow2(header.Capacity);

    private static bool IsTrusted(in RingHeader header, long length, StreamId stream) =>
        IsConsistent(in header, length, stream)
        && (header.ClosedClean == 1 || (header.BootId == BootId && BootId != Guid.Empty));

    private static bool IsConsistent(in RingHeader header, long length, StreamId stream) =>
        IsRingOf(in header, length, stream)
        && header.Begin >= 0 && header.Tail >= header.Begin
        && header.Head >= header.Begin && header.Head <= header.Tail
        && header.Claim >= header.Tail && header.Claim - header.Tail <= header.Capacity
        && (header.EvenMark.Position == header.Tail || header.OddMark.Position == header.Tail);

    // A living owner goes on meanwhile; the mark that belongs to the tail is written over only after the tail has moved on.
    private static Cursor TailOf(RingHeader* header)
    {
        while (true)
        {
            var tail = Volatile.Read(ref header->Tail);
            var (even, odd) = (header->EvenMark, header->OddMark);
            Volatile.ReadBarrier();
            if (Volatile.Read(ref header->Tail) == tail)
            {
                return new Cursor(header->Stream, tail, even.Position == tail ? even.Ordinal : odd.Ordinal);
            }
        }
    }

    private static Guid ReadBootId()
    {
        try
        {
            // By its bytes: a reader of text brings buffers and decoders that a start has no other use for.
            Span<byte> text = stackalloc byte[BootIdBytes];
            using var file = File.OpenHandle(BootIdFile);
            return RandomAccess.Read(file, text, 0) == BootIdBytes && Guid.TryParse(text, null, out var id) ? id : Guid.Empty;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Guid.Empty;
        }
    }
}
