using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TelemetryActors.Storage;

namespace TelemetryActors.Ring;

/// <summary>The bytes a ring lives in: a mapped file that outlives the process, or plain memory when no file can be had.</summary>
internal sealed unsafe class RingMemory
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _plain;
    private bool _isUnmapped;

    private RingMemory(MemoryMappedFile file, MemoryMappedViewAccessor view, string path, long length)
    {
        _file = file;
        _view = view;
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Start = start + view.PointerOffset;
        Path = path;
        Length = length;
    }

    private RingMemory(long length)
    {
        _plain = (byte*)NativeMemory.AllocZeroed((nuint)length);
        Start = _plain;
        Length = length;
    }

    public byte* Start { get; }

    /// <summary>This process's own part, in memory that no file stands behind.</summary>
    public RingProcess* Own { get; } = AllocateOwn();

    public long Length { get; }

    /// <summary>The mapped file; null for plain memory.</summary>
    public string? Path { get; }

    public static RingMemory Plain(long length) => new(length);

    /// <summary>Makes a new file with all its blocks; null when the place does not have them.</summary>
    public static RingMemory? TryCreate(string path, long length)
    {
        try
        {
            // Never over the old file: cutting it off would kill whoever still has it mapped.
            File.Delete(path);
            using var handle = NativeFile.OpenUnlocked(path, createNew: true);
            if (NativeFile.TryAllocate(handle, length))
            {
                return Map(handle, path, length);
            }

            File.Delete(path);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Maps a file; null when it is not there, or no longer than a header.</summary>
    /// <exception cref="IOException">It is there and cannot be opened now: what it holds is not lost, and nothing may take its place.</exception>
    public static RingMemory? TryOpen(string path)
    {
        // Asked first, because after a clean end there is none, and an exception is dear at a start.
        if (FileStatus.Identify(path) is null)
        {
            return null;
        }

        try
        {
            using var handle = NativeFile.OpenUnlocked(path, createNew: false);
            var length = RandomAccess.GetLength(handle);
            return length > RingHeader.Bytes ? Map(handle, path, length) : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Touches every page of a mapped file: the first touch of one costs microseconds, which the callers should not pay.</summary>
    /// <remarks>Changes nothing and may run beside producers: an atomic "or" with nothing, which no store of theirs can be lost to.</remarks>
    public void Touch()
    {
        for (var offset = 0L; offset < Length; offset += Environment.SystemPageSize)
        {
            Interlocked.Or(ref *(int*)(Start + offset), 0);
        }
    }

    /// <summary>Brings a file's bytes to its device.</summary>
    /// <returns>False when the device refuses. A ring shelters from the death of the process alone, so that only the mark of a clean end is not to be set then.</returns>
    public bool TryFlush()
    {
        try
        {
            _view?.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Lets a mapped file go now, so that the place has its blocks back once it is deleted. Only for whoever alone has had the memory, and never touches it again.</summary>
    public void Unmap()
    {
        if (_view is null || _isUnmapped)
        {
            return;
        }

        // By its handle: the view would bring the bytes to the device once more.
        _isUnmapped = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.SafeMemoryMappedViewHandle.Dispose();
        _file!.Dispose();
    }

    // The memory goes with the last reference and not before: a late caller must find a closed ring, not an address that is gone.
    ~RingMemory()
    {
        if (_view is not null && !_isUnmapped)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            Unmap(_view);
            _file!.Dispose();
        }

        NativeMemory.Free(_plain);
        NativeMemory.AlignedFree(Own);
    }

    // Disposing brings the bytes to the device once more, and on a finalizer's thread what the device refuses would end the host.
    private static void Unmap(MemoryMappedViewAccessor view)
    {
        try
        {
            view.Dispose();
        }
        catch (IOException)
        {
            // The handle unmaps itself.
        }
    }

    private static RingMemory Map(SafeFileHandle handle, string path, long length)
    {
        var file = MemoryMappedFile.CreateFromFile(
            handle, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        return new RingMemory(file, file.CreateViewAccessor(0, length, MemoryMappedFileAccess.ReadWrite), path, length);
    }

    private static RingProcess* AllocateOwn()
    {
        var own = NativeMemory.AlignedAlloc(RingProcess.Bytes, RingProcess.Alignment);
        NativeMemory.Clear(own, RingProcess.Bytes);
        return (RingProcess*)own;
    }
}
