using System.Runtime.InteropServices;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Ring;

/// <summary>Makes rings and finds those that an earlier process left.</summary>
internal static unsafe class RingFactory
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

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
        var memory = (path is null ? null : RingMemory.TryCreate(path, length)) ?? RingMemory.Plain(length);
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
        if (path is null || RingMemory.TryOpen(path) is not { } memory || !IsTrusted(memory, stream))
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
        var memory = RingMemory.TryOpen(path);
        if (memory is null)
        {
            return null;
        }

        var header = (RingHeader*)memory.Start;
        var directory = header->Magic == RingHeader.ExpectedMagic && header->BaseDirectoryLength is > 0 and < RingHeader.MaxBaseDirectoryBytes
            ? System.Text.Encoding.UTF8.GetString(header->BaseDirectory, header->BaseDirectoryLength)
            : null;

        // The mapping goes with its object, and a pointer into it keeps nothing alive.
        GC.KeepAlive(memory);
        return directory;
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

    /// <summary>The stream of a ring that was left for a slot of a base directory of which nothing else is known; null when there is none.</summary>
    public static StreamId? FindLeft(string? directory, string baseDirectory, int slot)
    {
        if (directory is null || !Directory.Exists(directory))
        {
            return null;
        }

        foreach (var path in Directory.EnumerateFiles(directory, $"*-{slot}.ring"))
        {
            if (BaseDirectoryOf(path) == baseDirectory
                && StreamId.TryParse(Path.GetFileName(path).Split('-')[0], null, out var stream)
                && RingMemory.TryOpen(path) is { } memory
                && IsTrusted(memory, stream))
            {
                return stream;
            }
        }

        return null;
    }

    private static bool IsTrusted(RingMemory memory, StreamId stream)
    {
        var header = (RingHeader*)memory.Start;
        return header->Magic == RingHeader.ExpectedMagic
            && header->Stream == stream
            && header->Capacity == memory.Length - RingHeader.Bytes
            && long.IsPow2(header->Capacity)
            && header->Begin >= 0 && header->Tail >= header->Begin
            && header->Head >= header->Begin && header->Head <= header->Tail
            && header->Claim >= header->Tail && header->Claim - header->Tail <= header->Capacity
            && (header->EvenMark.Position == header->Tail || header->OddMark.Position == header->Tail)
            && (header->ClosedClean == 1 || (header->BootId == BootId && BootId != Guid.Empty));
    }

    private static Guid ReadBootId()
    {
        try
        {
            return File.Exists(BootIdFile) && Guid.TryParse(File.ReadAllText(BootIdFile).Trim(), out var id) ? id : Guid.Empty;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Guid.Empty;
        }
    }
}
