using Microsoft.Win32.SafeHandles;

namespace TelemetryActors.Storage;

/// <summary>The file system of the operating system.</summary>
public sealed class DiskFileSystem : IFileSystem
{
    // With everything shared .NET takes advisory locks that refuse nobody; ours are the lock files.
    private const FileShare ShareAll = FileShare.ReadWrite | FileShare.Delete;

    private DiskFileSystem()
    {
    }

    /// <summary>The one instance.</summary>
    public static DiskFileSystem Instance { get; } = new();

    /// <inheritdoc />
    public IStorageFile Create(string path, bool isPrivate = false) => new DiskFile(
        isPrivate && !OperatingSystem.IsWindows() ? CreatePrivate(path) : File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, ShareAll), path);

    /// <inheritdoc />
    public IStorageFile Open(string path, bool writable) =>
        new DiskFile(File.OpenHandle(path, FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read, ShareAll), path);

    /// <inheritdoc />
    public IStorageFile OpenPlain(string path, bool writable) =>
        OperatingSystem.IsLinux() ? new DiskFile(NativeFile.OpenPlain(path, writable), path) : Open(path, writable);

    /// <inheritdoc />
    public IStorageFile OpenForAppending(string path)
    {
        if (OperatingSystem.IsLinux() && (NativeStream.IsOfProcess(path) || FileStatus.IsPlain(path) == false))
        {
            return new StreamFile(NativeStream.Open(path), path);
        }

        try
        {
            return Open(path, writable: true);
        }
        catch (FileNotFoundException) when (new FileInfo(path).LinkTarget is not null)
        {
            return CreateBehind(path);
        }
    }

    /// <inheritdoc />
    public FileIdentity? Identify(string path) => FileStatus.Identify(path);

    /// <inheritdoc />
    public bool IsTaken(string path) => new FileInfo(path).LinkTarget is not null || Identify(path) is not null;

    /// <inheritdoc />
    public IReadOnlyList<string> List(string directory)
    {
        try
        {
            // The runtime's own look needs a good deal of it compiled, only to find that there is no directory.
            return Directory.Exists(directory) ? NamesIn(directory) : [];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static string[] NamesIn(string directory)
    {
        var names = Directory.GetFiles(directory);
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Path.GetFileName(names[i]);
        }

        return names;
    }

    /// <inheritdoc />
    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc />
    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Where there is no directory, there is no file.
        }
    }

    /// <inheritdoc />
    public void Replace(string source, string target) => File.Move(source, target, overwrite: true);

    /// <inheritdoc />
    public void SyncDirectory(string path) => NativeFile.SyncDirectory(path);

    /// <inheritdoc />
    public IFileLock? TryLock(string path) => DiskFileLock.TryTake(path);

    // No new name can be made where a link stands: the system makes the file through it, unless somebody else was quicker.
    private static DiskFile CreateBehind(string link)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(RealPath.Of(link))!);
        return new DiskFile(File.OpenHandle(link, FileMode.OpenOrCreate, FileAccess.ReadWrite, ShareAll), link);
    }

    // Only a stream can be made with a mode; its handle lives on without it.
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static SafeFileHandle CreatePrivate(string path) => new FileStream(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = ShareAll,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    }).SafeFileHandle;
}
