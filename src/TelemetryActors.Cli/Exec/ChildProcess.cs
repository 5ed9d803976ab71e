using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace TelemetryActors.Cli.Exec;

/// <summary>A child of this process, started with posix_spawn, so that its real wait status and its own usage can be told.</summary>
/// <remarks>Unix only. The runtime's own process class folds signals into exit codes and tells no usage of a child that has ended.</remarks>
internal sealed class ChildProcess
{
    // Larger than any C library's structures for actions, attributes and signal sets.
    private const int OpaqueBytes = 1024;
    private const short SetDefaultSignals = 4;
    private const int ByProcess = 1;
    private const int NoHang = 1;
    private const int Exited = 4;

    // Linux's numbers: elsewhere a stop of the child is not followed.
    private const int StoppedOnLinux = 2;
    private const int StopCode = 5;
    private const int CodeAt = 8;
    private const int StatusAt = 24;

    private static readonly int Stopped = OperatingSystem.IsLinux() ? StoppedOnLinux : 0;
    private static readonly int ChildSignal = OperatingSystem.IsMacOS() ? 20 : 17;
    private static readonly int LeaveWaitable = OperatingSystem.IsMacOS() ? 0x20 : 0x0100_0000;

    // Guarded by _lock: a number that was waited for may be another process's.
    private readonly Lock _lock = new();
    private readonly int _id;
    private bool _ended;

    private ChildProcess(int id) => _id = id;

    /// <summary>Whether it has ended and was waited for.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_lock)
            {
                return _ended;
            }
        }
    }

    /// <summary>Starts a command.</summary>
    /// <param name="command">The command, looked for on the PATH, and its arguments.</param>
    /// <param name="environment">Variables that it gets beside this process's own.</param>
    /// <param name="output">Takes its standard output; null leaves it this process's.</param>
    /// <param name="error">Takes its standard error; null leaves it this process's.</param>
    /// <param name="onStart">Told its number at once: a short command has ended a moment later.</param>
    /// <param name="fault">Why it could not be started.</param>
    public static ChildProcess? TryStart(
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> environment,
        AnonymousPipeServerStream? output,
        AnonymousPipeServerStream? error,
        Action<int> onStart,
        out SpawnFault? fault)
    {
        WaitForChildren();
        var actions = new byte[OpaqueBytes];
        var attributes = new byte[OpaqueBytes];
        Prepare(attributes);
        _ = LibC.InitActions(ref actions[0]);
        Redirect(actions, output, 1);
        Redirect(actions, error, 2);
        using var block = new EnvironmentBlock(environment);
        var words = RawArguments.Of(command);
        var result = Spawn(words, actions, attributes, block, onStart, out var id);
        if (result == LibC.NoExecFormat && command[0].Contains('/'))
        {
            // A script that does not name its shell is the shell's, as for every program that starts others.
            result = Spawn(["/bin/sh\0"u8.ToArray(), .. words], actions, attributes, block, onStart, out id);
        }

        _ = LibC.DestroyActions(ref actions[0]);
        _ = LibC.DestroyAttributes(ref attributes[0]);
        fault = result == 0 ? null : new SpawnFault(command[0], result);
        return result == 0 ? new ChildProcess(id) : null;
    }

    /// <summary>Sends it a signal, unless it has ended.</summary>
    public void Signal(int signal) => WhileItLives(id => _ = LibC.Kill(id, signal));

    /// <summary>Does something with its number, for as long as that is its own; nothing once it was waited for.</summary>
    public void WhileItLives(Action<int> action)
    {
        lock (_lock)
        {
            if (!_ended)
            {
                action(_id);
            }
        }
    }

    /// <summary>Waits for its end. While it is stopped as a job, this process is stopped too: a shell takes neither for a job that runs.</summary>
    /// <param name="staysStopped">Waits a moment in which whoever stopped it may bring it back; true when nobody did.</param>
    /// <param name="resumed">Told when this process was stopped with it, and goes on.</param>
    public ChildExit Wait(Func<bool> staysStopped, Action resumed)
    {
        // First seen, then reaped under the lock, so that no signal goes to a number that has become another's.
        while (LooksStopped())
        {
            if (staysStopped())
            {
                FollowStop(resumed);
            }
        }

        lock (_lock)
        {
            var usage = default(ChildUsage);
            var status = 0;
            while (LibC.Wait(_id, out status, 0, ref usage) < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error != LibC.Interrupted)
                {
                    throw LibC.Fault("wait for the command", error);
                }
            }

            _ended = true;
            return ChildExit.From(status, usage);
        }
    }

    // Waits until it has ended or is stopped, and leaves both to be told again.
    private bool LooksStopped()
    {
        var information = new byte[OpaqueBytes];
        while (LibC.WaitId(ByProcess, _id, ref information[0], Exited | Stopped | LeaveWaitable) != 0)
        {
            if (Marshal.GetLastPInvokeError() != LibC.Interrupted)
            {
                return false;
            }
        }

        return Stopped != 0 && BitConverter.ToInt32(information, CodeAt) == StopCode;
    }

    // What stops it from the terminal stops the job that it is. A bare stop is somebody's who brings it back by itself, without us.
    private void FollowStop(Action resumed)
    {
        var information = new byte[OpaqueBytes];
        if (LibC.WaitId(ByProcess, _id, ref information[0], Stopped | NoHang) == 0 && BitConverter.ToInt32(information, StatusAt) == SignalName.TerminalStop)
        {
            _ = LibC.Kill(Environment.ProcessId, SignalName.Stop);
            resumed();
        }
    }

    private static int Spawn(IReadOnlyList<byte[]> words, byte[] actions, byte[] attributes, EnvironmentBlock block, Action<int> onStart, out int id)
    {
        var arguments = words.Select(Copy).Append(0).ToArray();
        var result = LibC.Spawn(out id, ref words[0][0], ref actions[0], ref attributes[0], arguments, block.Pointers);
        if (result == 0)
        {
            onStart(id);
        }

        Array.ForEach(arguments, Marshal.FreeCoTaskMem);
        return result;
    }

    private static nint Copy(byte[] word)
    {
        var copy = Marshal.AllocCoTaskMem(word.Length);
        Marshal.Copy(word, 0, copy, word.Length);
        return copy;
    }

    // Whoever ignores that its children end has passed this on, and the system keeps no exit code for such a one.
    private static void WaitForChildren()
    {
        var before = new nint[OpaqueBytes / nint.Size];
        if (LibC.SignalAction(ChildSignal, 0, ref before[0]) == 0 && before[0] == LibC.IgnoredSignal)
        {
            _ = LibC.SetSignalHandler(ChildSignal, 0);
        }
    }

    // The runtime ignores SIGPIPE, and what is ignored stays so in a child.
    private static void Prepare(byte[] attributes)
    {
        var signals = new byte[OpaqueBytes];
        _ = LibC.EmptySignals(ref signals[0]);
        _ = LibC.AddSignal(ref signals[0], SignalName.BrokenPipe);
        _ = LibC.InitAttributes(ref attributes[0]);
        _ = LibC.SetDefaultSignals(ref attributes[0], ref signals[0]);
        _ = LibC.SetFlags(ref attributes[0], SetDefaultSignals);
    }

    private static void Redirect(byte[] actions, AnonymousPipeServerStream? pipe, int descriptor)
    {
        if (pipe is not null)
        {
            _ = LibC.AddDuplicate(ref actions[0], (int)pipe.ClientSafePipeHandle.DangerousGetHandle(), descriptor);
        }
    }
}
