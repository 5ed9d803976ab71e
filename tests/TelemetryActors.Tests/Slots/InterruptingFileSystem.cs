using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>A file system in which something else happens right before the first look at a path: as another process would have its turn there.</summary>
internal sealed class InterruptingFileSystem(IFileSystem inner, string path, Action act) : IFileSystem
{
    private Action? _act = act;

    public IStorageFile Create(string path, bool isPrivate = false) => inner.Create(path, isPrivate);

    public IStorageFile Open(string path, bool writable) => inner.Open(path, writable);

    public FileIdentity? Identify(string looked)
    {
        if (looked == path)
        {
            Interlocked.Exchange(ref _act, null)?.Invoke();
        }

        return inner.Identify(looked);
    }

    public IReadOnlyList<string> List(string directory) => inner.List(directory);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Delete(string path) => inner.Delete(path);

    public void Replace(string source, string target) => inner.Replace(source, target);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public IFileLock? TryLock(string path) => inner.TryLock(path);
}
