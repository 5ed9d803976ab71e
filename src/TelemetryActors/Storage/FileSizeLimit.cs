using System.Runtime.InteropServices;

namespace TelemetryActors.Storage;

/// <summary>How long a file this process may make (<c>ulimit -f</c>, RLIMIT_FSIZE). A write beyond that does not fail: the system ends the process by SIGXFSZ.</summary>
/// <remarks>Thread-safe. To ignore the signal would be to decide for the whole program, so what would go beyond is not begun, and is a full disk to whoever writes.</remarks>
internal static partial class FileSizeLimit
{
    // The same number on Linux and macOS.
    private const int Resource = 1;
    private const int FileTooLarge = 27;

    /// <summary>Whether a file may be this long, looked at now: the limit of a living process can be changed from outside.</summary>
    public static bool Allows(long length) =>
        OperatingSystem.IsWindows() || GetLimit(Resource, out var limit) != 0 || limit.Now >= (ulong)Math.Max(length, 0);

    /// <summary>Refuses what would make a file longer than it may be.</summary>
    /// <exception cref="IOException">It would.</exception>
    public static void Check(long length, string path)
    {
        if (!Allows(length))
        {
            throw new IOException($"{path} cannot grow to {length} bytes: this process may write no file that long (ulimit -f)", FileTooLarge);
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, out Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Now;
        public ulong Most;
    }
}
