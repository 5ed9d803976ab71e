using TelemetryActors.Storage;

namespace TelemetryActors.TestKit;

/// <summary>A file of a <see cref="FaultyFileSystem"/>.</summary>
internal sealed class FaultyFile(IStorageFile inner, FaultyFileSystem faults) : IStorageFile
{
    internal const int InputOutputError = 5;

    public FileIdentity Identity => inner.Identity;

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (faults.StrikesWrite(out var keptBytes))
        {
            inner.Write(bytes[..Math.Min(keptBytes, bytes.Length)], offset);
            throw new DiskFullException();
        }

        inner.Write(bytes, offset);
    }

    public int Read(Span<byte> buffer, long offset) => inner.Read(buffer, offset);

    public void Sync()
    {
        if (faults.StrikesSync())
        {
            faults.SyncFailed(inner);
            throw new IOException("fsync failed: Input/output error", InputOutputError);
        }

        inner.Sync();
        faults.Synced(inner);
    }

    public void Truncate(long length) => inner.Truncate(length);

    public void Dispose() => inner.Dispose();
}
