using System.Runtime.InteropServices;

namespace TelemetryActors.Storage;

/// <summary>Which signals the calling thread takes; Linux alone.</summary>
internal static partial class ThreadSignals
{
    /// <summary>The signal that a write beyond the limit on the length of files sends to its thread: 25 on all that .NET runs on, which is bit 24 of a set.</summary>
    private const ulong FileSize = 1UL << 24;

    private const int Block = 0;
    private const int Unblock = 1;

    /// <summary>Whether it was sent and waits.</summary>
    public static bool IsFileSizePending => GetPending(out var pending) == 0 && (pending.First & FileSize) != 0;

    /// <summary>Holds it back.</summary>
    /// <returns>False when somebody holds it back already, or it cannot be.</returns>
    public static bool TryHoldFileSize()
    {
        var set = new SignalSet { First = FileSize };
        return ChangeMask(Block, in set, out var before) == 0 && (before.First & FileSize) == 0;
    }

    /// <summary>Takes away what was sent, and holds back no more.</summary>
    public static void DiscardFileSize()
    {
        var set = new SignalSet { First = FileSize };
        var atOnce = default(TimeSpec);
        _ = Take(in set, 0, in atOnce);
        _ = ChangeMask(Unblock, in set, out _);
    }

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    private static partial int ChangeMask(int how, in SignalSet set, out SignalSet before);

    [LibraryImport("libc", EntryPoint = "sigpending")]
    private static partial int GetPending(out SignalSet pending);

    [LibraryImport("libc", EntryPoint = "sigtimedwait")]
    private static partial int Take(in SignalSet set, nint info, in TimeSpec time);

    // sigset_t of glibc and musl alike.
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct SignalSet
    {
        public ulong First;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
