using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TelemetryActors.Storage;

/// <summary>What stands at a path or behind a handle: which file, of what kind, whose, on which file system.</summary>
/// <remarks>Linux is proven. On Windows and macOS the nearest of the runtime's own means stands in.</remarks>
internal static partial class FileStatus
{
    private const int ErrorNoEntry = 2;
    private const int ErrorNotDirectory = 20;
    private const int AtFdCwd = -100;
    private const int AtEmptyPath = 0x1000;
    private const uint StatxType = 0x1;
    private const uint StatxOwner = 0x8;
    private const uint StatxGroup = 0x10;
    private const uint StatxInodeAndSize = 0x100 | 0x200;
    private const int TypeBits = 0xF000;
    private const int PlainFile = 0x8000;

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

    /// <summary>Whether what was opened is a plain file.</summary>
    public static bool IsPlain(SafeFileHandle handle)
    {
        Span<byte> buffer = stackalloc byte[256];
        return StatxHandle(handle, "", AtEmptyPath, StatxType, ref MemoryMarshal.GetReference(buffer)) == 0 && IsPlain(buffer);
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
        return StatxPath(AtFdCwd, path, 0, StatxOwner, ref MemoryMarshal.GetReference(buffer)) == 0
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
        return StatxPath(AtFdCwd, path, 0, StatxOwner | StatxGroup, ref MemoryMarshal.GetReference(buffer)) == 0
            ? (MemoryMarshal.Read<uint>(buffer[20..]), MemoryMarshal.Read<uint>(buffer[24..]))
            : (null, null);
    }

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

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatxHandle(SafeFileHandle directory, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatxPath(int directory, string path, int flags, uint mask, ref byte buffer);
}
