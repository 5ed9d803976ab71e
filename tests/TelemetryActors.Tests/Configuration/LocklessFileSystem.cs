using TelemetryActors.Storage;

namespace TelemetryActors.Configuration;

/// <summary>A file system that knows no locks, as some in a network.</summary>
internal sealed class LocklessFileSystem(IFileSystem inner) : IFileSystem
{
    public IStorageFile Create(string path, bool isPrivate = false) => inner.Create(path, isPrivate);

    public IStorageFile Open(string path, bool writable) => inner.Open(path, writable);

    public FileIdentity? Identify(string path) => inner.Identify(path);

    public IReadOnlyList<string> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Delete(string path) => inner.Delete(path);

    public void Replace(string source, string target) => inner.Replace(source, target);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    // The file to be locked is made first.
    public IFileLock? TryLock(string path)
    {
        File.AppendAllText(path, "");
        return null;
    }
}
