namespace TelemetryActors.Cli;

/// <summary>Ends a command with one line for people and an exit code.</summary>
internal sealed class CommandException(string message, int exitCode) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
