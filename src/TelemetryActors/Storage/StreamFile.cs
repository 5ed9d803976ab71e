using Microsoft.Win32.SafeHandles;

namespace TelemetryActors.Storage;

/// <summary>A pipe, a terminal or another device, to which lines go one behind the other: it has no length, no offsets and nothing that an fsync could bring anywhere.</summary>
internal sealed class StreamFile(SafeFileHandle handle, string path) : IStorageFile
{
    public FileIdentity Identity => FileStatus.Identify(handle) with { Length = 0 };

    public void Write(ReadOnlySpan<byte> bytes, long offset) => NativeStream.Write(handle, bytes, path);

    public int Read(Span<byte> buffer, long offset) => 0;

    public void Truncate(long length)
    {
        // What has gone into a stream cannot be taken back.
    }

    public void Sync()
    {
        // Whoever reads it has it, or the kernel holds it for them.
    }

    public void Dispose() => handle.Dispose();
}
