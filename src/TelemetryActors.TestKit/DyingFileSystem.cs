using TelemetryActors.Storage;

namespace TelemetryActors.TestKit;

/// <summary>A disk that is as its process leaves it when it is killed: from one change on, nothing of what is tried happens.</summary>
public sealed class DyingFileSystem(IFileSystem inner, int changes) : IFileSystem
{
    private int _left = changes;

    /// <summary>Counts the changes until its end anew.</summary>
    public void DieAfter(int changes) => Volatile.Write(ref _left, changes);

    /// <summary>Whether it is dead.</summary>
    public bool IsDead => Volatile.Read(ref _left) < 0;

    public IStorageFile Create(string path, bool isPrivate = false)
    {
        Change();
        return new DyingFile(inner.Create(path, isPrivate), this);
    }

    public IStorageFile Open(string path, bool writable) => new DyingFile(inner.Open(path, writable), this);

    public FileIdentity? Identify(string path) => inner.Identify(path);

    public IReadOnlyList<string> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Delete(string path)
    {
        if (inner.Identify(path) is not null)
        {
            Change();
            inner.Delete(path);
        }
    }

    public void Replace(string source, string target)
    {
        Change();
        inner.Replace(source, target);
    }

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public IFileLock? TryLock(string path) => inner.TryLock(path);

    private void Change()
    {
        if (Interlocked.Decrement(ref _left) < 0)
        {
            throw new IOException("the process was killed");
        }
    }

    private sealed class DyingFile(IStorageFile file, DyingFileSystem disk) : IStorageFile
    {
        public FileIdentity Identity => file.Identity;

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            disk.Change();
            file.Write(bytes, offset);
        }

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Truncate(long length)
        {
            disk.Change();
            file.Truncate(length);
        }

        public void Sync() => file.Sync();

        public void Dispose() => file.Dispose();
    }
}
