using Microsoft.Win32.SafeHandles;

namespace TelemetryActors.Storage;

/// <summary>A file of the operating system.</summary>
internal sealed class DiskFile(SafeFileHandle handle, string path) : IStorageFile
{
    public FileIdentity Identity => FileStatus.Identify(handle);

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (offset == IStorageFile.AtEnd)
        {
            NativeFile.AppendOnly(handle, path);
            offset = Identity.Length;
        }

        FileSizeLimit.Check(offset + bytes.Length, path);
        RandomAccess.Write(handle, bytes, offset);
    }

    public int Read(Span<byte> buffer, long offset)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = RandomAccess.Read(handle, buffer[filled..], offset + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled;
    }

    public void Truncate(long length) => RandomAccess.SetLength(handle, length);

    public void Sync() => NativeFile.Sync(handle, path);

    public void Dispose() => handle.Dispose();
}
