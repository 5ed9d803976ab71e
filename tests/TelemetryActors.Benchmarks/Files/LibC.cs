using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TelemetryActors.Benchmarks.Files;

/// <summary>The calls whose errors .NET does not report.</summary>
internal static partial class LibC
{
    /// <summary>Makes the file's content durable, or throws.</summary>
    public static void Fsync(SafeFileHandle file)
    {
        if (NativeFsync(file) != 0)
        {
            throw new IOException("fsync failed", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    /// <summary>Allocates the file's blocks, so that a write to its mapping cannot fault; or throws.</summary>
    public static void Allocate(SafeFileHandle file, long bytes)
    {
        var error = NativeFallocate(file, 0, bytes);
        if (error != 0)
        {
            throw new IOException("posix_fallocate failed", new Win32Exception(error));
        }
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int NativeFsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int NativeFallocate(SafeFileHandle file, long offset, long length);
}
