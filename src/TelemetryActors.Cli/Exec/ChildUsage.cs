using System.Runtime.InteropServices;

namespace TelemetryActors.Cli.Exec;

/// <summary>What a child and those it waited for have used: the beginning of the system's <c>struct rusage</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 512)]
internal struct ChildUsage
{
    private readonly nint _userSeconds;
    private readonly int _userMicroseconds;
    private readonly int _userPadding;
    private readonly nint _systemSeconds;
    private readonly int _systemMicroseconds;
    private readonly int _systemPadding;
    private readonly nint _largestResidentSet;

    public readonly TimeSpan UserTime => TimeSpan.FromSeconds(_userSeconds) + TimeSpan.FromMicroseconds(_userMicroseconds);

    public readonly TimeSpan SystemTime => TimeSpan.FromSeconds(_systemSeconds) + TimeSpan.FromMicroseconds(_systemMicroseconds);

    /// <summary>The largest resident set of any one process among them, and of this process up to the spawn; Linux counts KiB, macOS bytes.</summary>
    public readonly long LargestResidentBytes => OperatingSystem.IsMacOS() ? _largestResidentSet : _largestResidentSet * 1024L;
}
