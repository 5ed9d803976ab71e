namespace TelemetryActors.Storage;

/// <summary>A disk on which another process begins, and sweeps, right before a file takes another's place: a few times, then no more.</summary>
internal sealed class SweptFileSystem(string name, int sweeps) : IFileSystem
{
    private readonly DiskFileSystem _inner = DiskFileSystem.Instance;
    private int _left = sweeps;

    public void Replace(string source, string target)
    {
        if (_left-- > 0)
        {
            AtomicFile.Sweep(_inner, Path.GetDirectoryName(target)!, name);
        }

        _inner.Replace(source, target);
    }

    public IStorageFile Create(string path, bool isPrivate = false) => _inner.Create(path, isPrivate);

    public IStorageFile Open(string path, bool writable) => _inner.Open(path, writable);

    public FileIdentity? Identify(string path) => _inner.Identify(path);

    public IReadOnlyList<string> List(string directory) => _inner.List(directory);

    public void CreateDirectory(string path) => _inner.CreateDirectory(path);

    public void Delete(string path) => _inner.Delete(path);

    public void SyncDirectory(string path) => _inner.SyncDirectory(path);

    public IFileLock? TryLock(string path) => _inner.TryLock(path);
}
