using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TelemetryActors.Storage;

/// <summary>What the runtime does not offer or gets wrong: fsync with its errors, flock, block allocation, file identity.</summary>
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
    private const int AtFdCwd = -100;
    private const int AtEmptyPath = 0x1000;
    private const uint StatxType = 0x1;
    private const uint StatxInodeAndSize = 0x100 | 0x200;
    private const int TypeBits = 0xF000;
    private const int PlainFile = 0x8000;

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
        var flags = (writable ? OpenReadWrite : OpenReadOnly) | OpenWithoutTerminal | OpenCloseOnExec;
        var (descriptor, error) = OpenUninterrupted(path, flags | OpenNonBlocking);
        if (error == ErrorAgain && IsPlain(path) == true)
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

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Span<byte> buffer = stackalloc byte[256];
        if (StatxHandle(handle, "", AtEmptyPath, StatxType, ref MemoryMarshal.GetReference(buffer)) == 0 && IsPlain(buffer))
        {
            return handle;
        }

        handle.Dispose();
        throw new IOException($"{path} is no plain file.");
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

    public static FileIdentity Identify(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new FileIdentity(0, 0, RandomAccess.GetLength(handle));
        }

        Span<byte> buffer = stackalloc byte[256];
        return StatxHandle(handle, "", AtEmptyPath, StatxInodeAndSize, ref MemoryMarshal.GetReference(buffer)) == 0
            ? ReadStatx(buffer)
            : throw new IOException($"statx failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    // Only what is not there is nothing: whoever cannot look now must not take a file for gone.
    public static FileIdentity? Identify(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            var info = new FileInfo(path);
            return info.Exists ? new FileIdentity(0, 0, info.Length) : null;
        }

        Span<byte> buffer = stackalloc byte[256];
        if (StatxPath(AtFdCwd, path, 0, StatxInodeAndSize, ref MemoryMarshal.GetReference(buffer)) == 0)
        {
            return ReadStatx(buffer);
        }

        var error = Marshal.GetLastPInvokeError();
        return error is ErrorNoEntry or ErrorNotDirectory
            ? null
            : throw new IOException($"statx of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    public static uint EffectiveUser() => OperatingSystem.IsWindows() ? 0 : GetEffectiveUserId();

    // struct statx has one layout on every Linux: inode at 32, size at 40, owner at 20, device major and minor at 136 and 140.
    private static FileIdentity ReadStatx(ReadOnlySpan<byte> buffer) => new(
        MemoryMarshal.Read<ulong>(buffer[136..]),
        MemoryMarshal.Read<ulong>(buffer[32..]),
        (long)MemoryMarshal.Read<ulong>(buffer[40..]));

    /// <summary>Whether a path leads to a plain file, and not to a device, a pipe, a socket or a directory; null when nothing is there.</summary>
    public static bool? IsPlain(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Path.Exists(path) ? File.Exists(path) : null;
        }

        Span<byte> buffer = stackalloc byte[256];
        return StatxPath(AtFdCwd, path, 0, StatxType, ref MemoryMarshal.GetReference(buffer)) == 0 ? IsPlain(buffer) : null;
    }

    // The type stands in the upper bits of the 16-bit mode, at 28.
    private static bool IsPlain(ReadOnlySpan<byte> statx) => (MemoryMarshal.Read<ushort>(statx[28..]) & TypeBits) == PlainFile;

    public static uint? OwnerOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        Span<byte> buffer = stackalloc byte[256];
        return StatxPath(AtFdCwd, path, 0, 0x8, ref MemoryMarshal.GetReference(buffer)) == 0
            ? MemoryMarshal.Read<uint>(buffer[20..])
            : null;
    }

    // struct statx has the group right behind the owner.
    public static (uint? Owner, uint? Group) OwnersOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return (null, null);
        }

        Span<byte> buffer = stackalloc byte[256];
        return StatxPath(AtFdCwd, path, 0, 0x8 | 0x10, ref MemoryMarshal.GetReference(buffer)) == 0
            ? (MemoryMarshal.Read<uint>(buffer[20..]), MemoryMarshal.Read<uint>(buffer[24..]))
            : (null, null);
    }

    // Refused to all but root where it would change anything: the file is its maker's then.
    public static bool TryGive(string path, uint? owner, uint? group) =>
        OperatingSystem.IsLinux() && owner is { } user && group is { } users && ChangeOwner(path, user, users) == 0;

    /// <summary>What kind of file system a path is on, as far as the ring's place and SQLite's journal depend on it.</summary>
    public static FileSystemKind FileSystemOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return FileSystemKind.Other;
        }

        // struct statfs begins with the type on every 64-bit Linux.
        Span<byte> buffer = stackalloc byte[256];
        return StatFs(path, ref MemoryMarshal.GetReference(buffer)) != 0 ? FileSystemKind.Other : MemoryMarshal.Read<long>(buffer) switch
        {
            0x0102_1994 => FileSystemKind.Memory,
            0xEF53 or 0x5846_5342 => FileSystemKind.Journaled,

            // NFS, SMB, CIFS, SMB2, 9p, FUSE (virtiofs, sshfs, desktop container mounts), Ceph, AFS, Coda, Lustre, GFS2, OCFS2, VirtualBox, Parallels.
            0x6969 or 0x517B or 0xFF53_4D42 or 0xFE53_4D42 or 0x0102_1997 or 0x6573_5546 or 0x00C3_6400 or 0x5346_414F or 0x7375_7245
                or 0x0BD0_0BD0 or 0x0116_1970 or 0x7461_636F or 0x786F_4256 or 0x7C7C_6673 => FileSystemKind.Shared,
            _ => FileSystemKind.Other,
        };
    }

    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatFs(string path, ref byte buffer);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint owner, uint group);

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

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatxHandle(SafeFileHandle directory, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatxPath(int directory, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();
}
