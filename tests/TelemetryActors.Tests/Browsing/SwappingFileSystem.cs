using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>The disk, on which one file becomes a device between the look at it and its next open.</summary>
internal sealed class SwappingFileSystem(string swapped) : IFileSystem
{
    private static readonly IFileSystem Disk = DiskFileSystem.Instance;

    private int _opens;

    public IStorageFile OpenPlain(string path, bool writable)
    {
        if (path == swapped && ++_opens == 3)
        {
            File.Delete(path);
            File.CreateSymbolicLink(path, "/dev/null");
        }

        return Disk.OpenPlain(path, writable);
    }

    public IStorageFile Create(string path, bool isPrivate = false) => Disk.Create(path, isPrivate);

    public IStorageFile Open(string path, bool writable) => Disk.Open(path, writable);

    public FileIdentity? Identify(string path) => Disk.Identify(path);

    public IReadOnlyList<string> List(string directory) => Disk.List(directory);

    public void CreateDirectory(string path) => Disk.CreateDirectory(path);

    public void Delete(string path) => Disk.Delete(path);

    public void Replace(string source, string target) => Disk.Replace(source, target);

    public void SyncDirectory(string path) => Disk.SyncDirectory(path);

    public IFileLock? TryLock(string path) => Disk.TryLock(path);
}
