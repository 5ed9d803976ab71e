using TelemetryActors.Storage;

namespace TelemetryActors.TestKit;

/// <summary>A file of a <see cref="HangingFileSystem"/>.</summary>
internal sealed class HangingFile(IStorageFile inner, HangingFileSystem disk) : IStorageFile
{
    public FileIdentity Identity
    {
        get
        {
            disk.Wait();
            return inner.Identity;
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        disk.Wait();
        inner.Write(bytes, offset);
    }

    public int Read(Span<byte> buffer, long offset)
    {
        disk.Wait();
        return inner.Read(buffer, offset);
    }

    public void Truncate(long length)
    {
        disk.Wait();
        inner.Truncate(length);
    }

    public void Sync()
    {
        disk.WaitToSync();
        inner.Sync();
    }

    public void Dispose() => inner.Dispose();
}
