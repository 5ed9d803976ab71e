namespace TelemetryActors.Cli;

/// <summary>What the program's exit codes mean; <c>exec</c> alone hands on its command's.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed, or something is missing.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the settings are wrong.</summary>
    public const int Usage = 2;

    /// <summary>Done, but some of the input was refused.</summary>
    public const int SomeRefused = 3;
}
