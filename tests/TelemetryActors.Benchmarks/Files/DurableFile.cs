using Microsoft.Win32.SafeHandles;

namespace TelemetryActors.Benchmarks.Files;

/// <summary>A file that one thread writes front to back; closing makes it durable.</summary>
internal sealed class DurableFile(string directory) : IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle(PathIn(directory), FileMode.CreateNew, FileAccess.Write);
    private long _length;

    /// <summary>The file every contender that chooses its own name writes to.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, "events.ndjson");

    /// <summary>One fsync of a file that someone else wrote and closed.</summary>
    public static void Sync(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        LibC.Fsync(file);
    }

    /// <summary>Appends; throws when the disk refuses.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, _length);
        _length += bytes.Length;
    }

    /// <summary>Makes what was appended durable, or throws.</summary>
    public void Sync() => LibC.Fsync(_file);

    /// <summary>Syncs and closes.</summary>
    public void Dispose()
    {
        Sync();
        _file.Dispose();
    }
}
