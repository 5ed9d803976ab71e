using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>A file system in which nothing can stand where something was renamed: as where there are no blocks for another file.</summary>
internal sealed class RoomlessFileSystem(IFileSystem inner) : IFileSystem
{
    public IStorageFile Create(string path, bool isPrivate = false) => inner.Create(path, isPrivate);

    public IStorageFile Open(string path, bool writable) => inner.Open(path, writable);

    public FileIdentity? Identify(string path) => inner.Identify(path);

    public IReadOnlyList<string> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Delete(string path) => inner.Delete(path);

    public void Replace(string source, string target)
    {
        inner.Replace(source, target);
        if (source.EndsWith(".ring", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(source);
        }
    }

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public IFileLock? TryLock(string path) => inner.TryLock(path);
}
