using System.Runtime.InteropServices;

namespace TelemetryActors.Cli.Exec;

/// <summary>Why a command could not be started.</summary>
/// <param name="Command">The command.</param>
/// <param name="Error">The system's error number.</param>
internal sealed record SpawnFault(string Command, int Error)
{
    private const int NotFound = 2;
    private const int NotADirectory = 20;

    /// <summary>127 when there is no such command, 126 when it cannot be executed, as shells say it.</summary>
    public int ShellCode => Error is NotFound or NotADirectory ? 127 : 126;

    public string Message => $"cannot start '{Command}': {Marshal.GetPInvokeErrorMessage(Error)}";
}
