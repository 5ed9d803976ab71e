namespace TelemetryActors.Storage;

/// <summary>Hands every call on to another file system: for those that do one thing otherwise.</summary>
internal abstract class PassingFileSystem(IFileSystem inner) : IFileSystem
{
    protected IFileSystem Inner => inner;

    public virtual IStorageFile Create(string path, bool isPrivate = false) => inner.Create(path, isPrivate);

    public virtual IStorageFile Open(string path, bool writable) => inner.Open(path, writable);

    public virtual IStorageFile OpenPlain(string path, bool writable) => inner.OpenPlain(path, writable);

    public virtual IStorageFile OpenForAppending(string path) => inner.OpenForAppending(path);

    public virtual FileIdentity? Identify(string path) => inner.Identify(path);

    public virtual bool IsTaken(string path) => inner.IsTaken(path);

    public virtual IReadOnlyList<string> List(string directory) => inner.List(directory);

    public virtual void CreateDirectory(string path) => inner.CreateDirectory(path);

    public virtual void Delete(string path) => inner.Delete(path);

    public virtual void Replace(string source, string target) => inner.Replace(source, target);

    public virtual void SyncDirectory(string path) => inner.SyncDirectory(path);

    public virtual IFileLock? TryLock(string path) => inner.TryLock(path);
}
