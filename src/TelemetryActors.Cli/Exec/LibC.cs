using System.Runtime.InteropServices;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Exec;

/// <summary>The calls of the C library that the runtime has no face for: spawn with a wait status, usage of one child, plain writes.</summary>
internal static partial class LibC
{
    public const nint IgnoredSignal = 1;
    public const int Interrupted = 4;
    public const int NoExecFormat = 8;
    public const int WouldBlockOnLinux = 11;
    public const int BrokenPipe = 32;
    public const int WouldBlockOnMac = 35;

    private const int GetDescriptorFlags = 1;
    private const int CloseOnExec = 1;
    private const short PollIn = 1;
    private const short PollOut = 4;
    private const short PollError = 8;
    private const short PollHangup = 16;

    public static IOException Fault(string what, int error) => new($"{what} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);

    /// <summary>Writes all bytes, also to a descriptor that someone made non-blocking.</summary>
    public static bool TryWriteAll(int descriptor, ReadOnlySpan<byte> bytes, out int error)
    {
        using var held = HeldFileSizeSignal.Begin();
        while (!bytes.IsEmpty)
        {
            var written = Write(descriptor, ref MemoryMarshal.GetReference(bytes), bytes.Length);
            error = written < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error is WouldBlockOnLinux or WouldBlockOnMac)
            {
                var wanted = new PollRequest { Descriptor = descriptor, Events = PollOut };
                _ = Poll(ref wanted, 1, -1);
            }
            else if (error != 0 && error != Interrupted)
            {
                return false;
            }

            bytes = bytes[(int)Math.Max(written, 0)..];
        }

        error = 0;
        return true;
    }

    /// <summary>Waits until a read would not: there are bytes, or the end, or a fault to be told by the read.</summary>
    public static bool IsReadable(int descriptor, int waitMilliseconds)
    {
        var wanted = new PollRequest { Descriptor = descriptor, Events = PollIn };
        return Poll(ref wanted, 1, waitMilliseconds) != 0 && (wanted.Found != 0 || Marshal.GetLastPInvokeError() != Interrupted);
    }

    /// <summary>Whether a descriptor came from whoever started this process: what the runtime opens is its own, and closed in other programs.</summary>
    public static bool IsInherited(int descriptor) => Control(descriptor, GetDescriptorFlags) is var flags and >= 0 && (flags & CloseOnExec) == 0;

    /// <summary>Whether nobody reads a pipe, or a terminal is gone: what is written there from now on reaches no one. A file never is.</summary>
    public static bool IsClosed(int descriptor)
    {
        var wanted = new PollRequest { Descriptor = descriptor };
        return Poll(ref wanted, 1, 0) > 0 && (wanted.Found & (PollError | PollHangup)) != 0;
    }

    [LibraryImport("libc", EntryPoint = "posix_spawnp")]
    public static partial int Spawn(out int process, ref byte file, ref byte actions, ref byte attributes, nint[] arguments, nint[] environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitActions(ref byte actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDuplicate(ref byte actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyActions(ref byte actions);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial int InitAttributes(ref byte attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(ref byte attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetDefaultSignals(ref byte attributes, ref byte signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static partial int DestroyAttributes(ref byte attributes);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    public static partial int EmptySignals(ref byte signals);

    [LibraryImport("libc", EntryPoint = "sigaddset")]
    public static partial int AddSignal(ref byte signals, int signal);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int idType, int id, ref byte information, int options);

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    public static partial int Wait(int process, out int status, int options, ref ChildUsage usage);

    /// <summary>Looks what is done with a signal: the first of what comes is its handler.</summary>
    [LibraryImport("libc", EntryPoint = "sigaction")]
    public static partial int SignalAction(int signal, nint action, ref nint before);

    [LibraryImport("libc", EntryPoint = "signal")]
    public static partial nint SetSignalHandler(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    /// <summary>The first real-time signal that the C library does not keep for itself. Linux alone.</summary>
    [LibraryImport("libc", EntryPoint = "__libc_current_sigrtmin")]
    public static partial int FirstRealTimeSignal();

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    public static partial int ProcessGroup();

    [LibraryImport("libc", EntryPoint = "tcgetpgrp", SetLastError = true)]
    public static partial int ForegroundGroup(int terminal);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ref byte bytes, nint count);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollRequest requests, nuint count, int timeoutMilliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short Found;
    }
}
