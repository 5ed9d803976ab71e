using Microsoft.Win32.SafeHandles;

namespace TelemetryActors.Storage;

/// <summary>A lock file held through flock on Unix and through exclusive sharing on Windows.</summary>
/// <remarks>The path is compared with the handle, so that a lock file that was deleted and made again never has two owners who both believe.</remarks>
internal sealed class DiskFileLock : IFileLock
{
    // A file that is deleted between opening and locking it is tried again, a bounded number of times.
    private const int MaxTries = 8;

    private readonly SafeFileHandle _handle;
    private readonly string _path;

    private DiskFileLock(SafeFileHandle handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    // Any error means not held: a lock that cannot be looked at is never assumed.
    public bool IsHeld
    {
        get
        {
            try
            {
                return !_handle.IsClosed && FileStatus.Identify(_path) is { } named && named.IsSameFile(FileStatus.Identify(_handle));
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    public static DiskFileLock? TryTake(string path)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (NativeFile.TryOpenLocked(path) is not { } handle)
            {
                return null;
            }

            var taken = new DiskFileLock(handle, path);
            if (taken.IsHeld)
            {
                return taken;
            }

            taken.Dispose();
        }

        return null;
    }

    public void DeleteAndRelease()
    {
        try
        {
            if (IsHeld)
            {
                File.Delete(_path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file stays; the lock on it goes with the handle, and the next owner takes it as it is.
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose() => _handle.Dispose();
}
