using System.IO.MemoryMappedFiles;
using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Contenders;

/// <summary>A ring of bytes in a mapped file on memory, with the tail in its header, so that it outlives the process. Not thread-safe.</summary>
internal sealed unsafe class MappedRing : IDisposable
{
    /// <summary>The bytes it holds; a power of two.</summary>
    public const int Capacity = 8 << 20;

    private const int PageBytes = 4096;
    private const int HeaderBytes = PageBytes;

    private readonly FileStream _file;
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _header;
    private readonly byte* _data;

    public MappedRing(string fallbackDirectory)
    {
        var directory = Directory.Exists("/dev/shm") ? "/dev/shm" : fallbackDirectory;
        _file = new FileStream(
            Path.Combine(directory, $"telemetryactors-bench-{Environment.ProcessId}-{Guid.NewGuid():n}"),
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });
        LibC.Allocate(_file.SafeFileHandle, HeaderBytes + Capacity);
        _mapping = MemoryMappedFile.CreateFromFile(_file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _mapping.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _header);
        _data = _header + HeaderBytes;
        MapPages();
    }

    /// <summary>The position after the last byte; ever growing.</summary>
    public long Tail => Volatile.Read(ref *(long*)_header);

    /// <summary>Appends at the tail; that there is room is the caller's to know.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var tail = Tail;
        var at = (int)(tail & (Capacity - 1));
        var first = Math.Min(bytes.Length, Capacity - at);
        bytes[..first].CopyTo(new Span<byte>(_data + at, first));
        bytes[first..].CopyTo(new Span<byte>(_data, bytes.Length - first));
        Volatile.Write(ref *(long*)_header, tail + bytes.Length);
    }

    /// <summary>Copies the bytes at the position out.</summary>
    public void CopyOut(long position, Span<byte> bytes)
    {
        var at = (int)(position & (Capacity - 1));
        var first = Math.Min(bytes.Length, Capacity - at);
        new ReadOnlySpan<byte>(_data + at, first).CopyTo(bytes);
        new ReadOnlySpan<byte>(_data, bytes.Length - first).CopyTo(bytes[first..]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _mapping.Dispose();
        _file.Dispose();
    }

    // Otherwise the callers of the first round pay for each page's first touch (about 2 us, and one call in fifteen).
    private void MapPages()
    {
        for (var at = 0; at < Capacity; at += PageBytes)
        {
            Volatile.Read(ref *(_data + at));
        }
    }
}
