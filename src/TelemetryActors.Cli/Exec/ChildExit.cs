using TelemetryActors.Runs;

namespace TelemetryActors.Cli.Exec;

/// <summary>How a child ended.</summary>
/// <param name="Code">What it returned; 0 when a signal ended it.</param>
/// <param name="Signal">The signal that ended it; 0 when none did.</param>
/// <param name="Usage">What it used.</param>
internal readonly record struct ChildExit(int Code, int Signal, ChildUsage Usage)
{
    private const int SignalBase = 128;

    /// <summary>Its own exit code, or 128 and the signal's number, as shells say it.</summary>
    public int ShellCode => Signal == 0 ? Code : SignalBase + Signal;

    /// <summary>A signal that asks a program to end cancels its run; any other - a crash, or a kill for want of memory or patience - fails it.</summary>
    public RunStatus Status => Signal == 0
        ? Code == 0 ? RunStatus.Success : RunStatus.Failed
        : SignalName.IsWishToEnd(Signal) ? RunStatus.Cancelled : RunStatus.Failed;

    /// <summary>Reads a wait status.</summary>
    public static ChildExit From(int status, ChildUsage usage)
    {
        var signal = status & 0x7f;
        return new ChildExit(signal == 0 ? (status >> 8) & 0xff : 0, signal, usage);
    }
}
