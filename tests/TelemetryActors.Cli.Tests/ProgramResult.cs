namespace TelemetryActors.Cli;

/// <summary>What one call of the program left: exit code and both streams, byte for byte.</summary>
internal sealed record ProgramResult(int ExitCode, byte[] OutputBytes, byte[] ErrorBytes)
{
    public string Output => System.Text.Encoding.UTF8.GetString(OutputBytes);

    public string Error => System.Text.Encoding.UTF8.GetString(ErrorBytes);

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
