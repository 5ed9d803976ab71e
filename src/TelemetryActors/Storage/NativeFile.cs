using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TelemetryActors.Storage;

/// <summary>What the runtime does not offer or gets wrong: fsync with its errors, flock, opens past the runtime, block allocation.</summary>
/// <remarks>Linux is proven. On Windows and macOS the nearest of the runtime's own means stands in.</remarks>
internal static partial class NativeFile
{
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int OpenReadOnly = 0;
    private const int OpenReadWrite = 0x2;
    private const int OpenCreate = 0x40;
    private const int OpenExclusive = 0x80;
    private const int OpenAppend = 0x400;
    private const int OpenWithoutTerminal = 0x100;
    private const int OpenNonBlocking = 0x800;
    private const int SetStatusFlags = 4;
    private const int OpenCloseOnExec = 0x80000;
    private const int OwnerReadWrite = 0x180;
    private const int ErrorNotPermitted = 1;
    private const int ErrorNoEntry = 2;
    private const int ErrorInterrupted = 4;
    private const int ErrorAgain = 11;
    private const int ErrorAccess = 13;
    private const int ErrorNotDirectory = 20;

    // .NET's own flush swallows fsync's errors on Unix, so the call goes to libc.
    public static void Sync(SafeFileHandle handle, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            RandomAccess.FlushToDisk(handle);
            return;
        }

        while (FSync(handle) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != ErrorInterrupted)
            {
                throw new IOException($"fsync of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
            }
        }
    }

    // On Linux every write to such a handle goes to the file's end, whatever offset it names; the kernel lets no other in between.
    public static void AppendOnly(SafeFileHandle handle, string path)
    {
        if (OperatingSystem.IsLinux() && FileControl(handle, SetStatusFlags, OpenAppend) != 0)
        {
            throw new IOException($"{path} cannot be appended to: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    public static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = OpenFile(path, OpenCloseOnExec, 0);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new IOException($"open of directory {path} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Sync(handle, path);
    }

    // Any error means not locked: a lock that cannot be had is never assumed. On Linux the file is opened past the runtime,
    // which would take a shared lock of its own first, and two starters would then refuse each other.
    public static SafeFileHandle? TryOpenLocked(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            try
            {
                return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        var descriptor = OpenFile(path, OpenReadWrite | OpenCreate | OpenCloseOnExec, OwnerReadWrite);
        if (descriptor < 0)
        {
            return null;
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (FLock(handle, LockExclusive | LockNonBlocking) == 0)
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }

    // Past the runtime, which would keep a shared lock of its own for as long as the file is mapped.
    public static SafeFileHandle OpenUnlocked(string path, bool createNew)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.OpenHandle(path, createNew ? FileMode.CreateNew : FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }

        var descriptor = OpenFile(path, OpenReadWrite | OpenCloseOnExec | (createNew ? OpenCreate | OpenExclusive : 0), OwnerReadWrite);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        var error = Marshal.GetLastPInvokeError();
        throw error == ErrorNoEntry ? new FileNotFoundException($"{path} is not there.", path)
            : new IOException($"open of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    // A pipe's open waits for its other end unless it is told not to, and what was a file when it was looked at may be a pipe by the time it is opened:
    // so it is opened without waiting, and what was opened is asked what it is. A plain file refuses that only while a file server (Samba, knfsd) has a lease on it:
    // the kernel takes it back within a bounded time, and an open that may wait waits for that.
    public static SafeFileHandle OpenPlain(string path, bool writable)
    {
        var handle = OpenWithoutWaiting(path, writable);
        if (FileStatus.IsPlain(handle))
        {
            return handle;
        }

        handle.Dispose();
        throw new IOException($"{path} is no plain file.");
    }

    // What is no plain file stays without waiting: its reader has to look whether there is something.
    public static SafeFileHandle OpenWithoutWaiting(string path, bool writable)
    {
        var flags = (writable ? OpenReadWrite : OpenReadOnly) | OpenWithoutTerminal | OpenCloseOnExec;
        var (descriptor, error) = OpenUninterrupted(path, flags | OpenNonBlocking);
        if (error == ErrorAgain && FileStatus.IsPlain(path) == true)
        {
            (descriptor, error) = OpenUninterrupted(path, flags);
        }

        if (descriptor < 0)
        {
            throw error switch
            {
                ErrorNoEntry or ErrorNotDirectory => new FileNotFoundException($"{path} is not there.", path),
                ErrorAccess or ErrorNotPermitted => new UnauthorizedAccessException($"Access to {path} is denied."),
                _ => new IOException($"open of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}", error),
            };
        }

        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static (int Descriptor, int Error) OpenUninterrupted(string path, int flags)
    {
        while (true)
        {
            var descriptor = OpenFile(path, flags, 0);
            var error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error != ErrorInterrupted)
            {
                return (descriptor, error);
            }
        }
    }

    // A sparse mapping faults when the disk fills; blocks that are there cannot.
    public static bool TryAllocate(SafeFileHandle handle, long bytes) =>
        !OperatingSystem.IsLinux() || (FileSizeLimit.Allows(bytes) && PosixFAllocate(handle, 0, bytes) == 0);

    public static uint EffectiveUser() => OperatingSystem.IsWindows() ? 0 : GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FileControl(SafeFileHandle handle, int command, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle handle, int operation);

    [LibraryImport("libc", EntryPoint = "posix_fallocate", SetLastError = true)]
    private static partial int PosixFAllocate(SafeFileHandle handle, long offset, long length);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();
}
