using System.Globalization;
using System.Runtime.InteropServices;

namespace TelemetryActors.Cli.Exec;

/// <summary>Hands the signals that this process is sent on to its child, and keeps this process alive until the child has ended.</summary>
/// <remarks>
/// The child's answer is ours: a stop too, which <see cref="ChildProcess.Wait"/> follows. The runtime tells signals that come directly after each other in
/// any order, so a stop waits for a moment whether it is taken back: one that was handed on behind its own continuation would hold the command for ever.
/// </remarks>
internal sealed class SignalRelay : IDisposable
{
    private const string OwnStatus = "/proc/self/status";
    private const string IgnoredSignals = "SigIgn:";
    private const string CaughtSignals = "SigCgt:";
    private const string ControllingTerminal = "/dev/tty";

    // What the command wrote last is still on its way when it has ended; whoever else holds its streams may hold them for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // What ends, stops or tells a program; Linux's own are known to the runtime by their numbers. Left alone is what a program brings on itself (faults, a broken
    // pipe, a file that is too long): taken for somebody's, exec's own would reach the command.
    private static readonly int[] OnLinux =
    [
        SignalName.Abort, SignalName.User1, SignalName.User2, SignalName.Alarm, SignalName.StackFault, SignalName.Continue, SignalName.TerminalStop,
        SignalName.Urgent, SignalName.ProcessorTime, SignalName.VirtualAlarm, SignalName.ProfilingAlarm, SignalName.WindowChange, SignalName.InputReady,
        SignalName.PowerFailure,
    ];

    private static readonly (PosixSignal Signal, int Number)[] PassedOn =
    [
        (PosixSignal.SIGINT, SignalName.Interrupt), (PosixSignal.SIGTERM, SignalName.Terminate),
        (PosixSignal.SIGHUP, SignalName.Hangup), (PosixSignal.SIGQUIT, SignalName.Quit),
        .. (OperatingSystem.IsLinux() ? [.. OnLinux, .. RealTime()] : Array.Empty<int>()).Select(number => ((PosixSignal)number, number)),
    ];

    // Between two signals that people send there is more time than this, and between two of a program less.
    private static readonly TimeSpan StopDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Disorder = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _enough = new();
    private readonly ManualResetEventSlim _continued = new();
    private readonly ITimer _stopping;
    private long? _continuedAt;
    private int _continues;
    private int _continuesBefore;
    private long _stopAskedAt;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly List<(int Number, long At)> _early = [];
    private readonly Lock _lock = new();
    private ChildProcess? _child;

    public SignalRelay(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _stopping = _time.CreateTimer(_ => StopUnlessTakenBack(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var ignored = OwnSignals(IgnoredSignals);
        var ours = OwnSignals(CaughtSignals);
        foreach (var (signal, number) in PassedOn)
        {
            // What is ignored here, as under nohup, stays ignored in the child; a real-time signal that something in this process takes already stays its own.
            var bit = 1UL << (number - 1);
            if ((ignored & bit) == 0 && (number <= SignalName.LastOfOld || (ours & bit) == 0))
            {
                _registrations.Add(PosixSignalRegistration.Create(signal, context => Take(context, number)));
            }
        }
    }

    /// <summary>Cancelled a second after this process was asked to end although the child had ended already.</summary>
    public CancellationToken Enough => _enough.Token;

    /// <summary>From now on signals go to this child, those that came before it too.</summary>
    public void GoTo(ChildProcess child)
    {
        lock (_lock)
        {
            _child = child;
            _early.ForEach(signal => HandOn(child, signal.Number, signal.At));
        }
    }

    /// <summary>Waits a moment for the wish to go on.</summary>
    /// <returns>True when it did not come.</returns>
    public bool StaysStopped()
    {
        lock (_lock)
        {
            _continuesBefore = _continues;
            _continued.Reset();
        }

        return !_continued.Wait(StopDelay);
    }

    /// <summary>This process was stopped and goes on: what brought it back takes back no later stop.</summary>
    public void Resumed()
    {
        _continued.Wait(StopDelay);
        lock (_lock)
        {
            if (_continues - _continuesBefore <= 1)
            {
                _continuedAt = null;
            }
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _registrations.ForEach(registration => registration.Dispose());
        _enough.Dispose();
    }

    private void Take(PosixSignalContext context, int number)
    {
        // Also when the child has ended: its run is still to be ended, in bounded time. A time limit's signal comes twice, to us and to our group.
        context.Cancel = true;
        Take(number);
    }

    /// <summary>A signal has come.</summary>
    internal void Take(int number)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (number == SignalName.Continue)
            {
                _continues++;
                _continuedAt = now;
                _continued.Set();
            }

            if (_child is null)
            {
                _early.Add((number, now));
            }
            else if (_child.HasEnded)
            {
                if (SignalName.IsWishToEnd(number))
                {
                    _enough.CancelAfter(Patience);
                }
            }
            else if (!CameFromTerminal(number))
            {
                HandOn(_child, number, now);
            }
        }
    }

    private void HandOn(ChildProcess child, int number, long at)
    {
        if (number == SignalName.TerminalStop)
        {
            _stopAskedAt = at;
            _stopping.Change(StopDelay, Timeout.InfiniteTimeSpan);
        }
        else
        {
            child.Signal(number);
        }
    }

    private void StopUnlessTakenBack()
    {
        lock (_lock)
        {
            if (_continuedAt is not { } continued || _time.GetElapsedTime(continued, _stopAskedAt) > Disorder)
            {
                _child?.Signal(SignalName.TerminalStop);
            }
        }
    }

    // A key press reaches the whole foreground group, the child included; many programs take a second interrupt as the wish to die at once,
    // and a second stop would hold one that its shell has just brought back.
    private static bool CameFromTerminal(int number)
    {
        if (number is not (SignalName.Interrupt or SignalName.Quit or SignalName.TerminalStop))
        {
            return false;
        }

        try
        {
            using var terminal = File.OpenHandle(ControllingTerminal, FileMode.Open, FileAccess.Read);
            return LibC.ForegroundGroup((int)terminal.DangerousGetHandle()) == LibC.ProcessGroup();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // By the first of them the runtime holds its own threads; those before it are the C library's.
    private static IEnumerable<int> RealTime()
    {
        var first = LibC.FirstRealTimeSignal() + 1;
        return Enumerable.Range(first, SignalName.Last - first + 1);
    }

    // A set of signals as the system tells it: bit n is signal n + 1.
    private static ulong OwnSignals(string set)
    {
        try
        {
            var line = File.ReadLines(OwnStatus).FirstOrDefault(line => line.StartsWith(set, StringComparison.Ordinal));
            return ulong.TryParse(line.AsSpan()[Math.Min(set.Length, line?.Length ?? 0)..].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var mask)
                ? mask
                : 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
