namespace TelemetryActors.Cli.Exec;

/// <summary>What <c>telemetry exec</c> was asked to do.</summary>
internal sealed record ExecSettings
{
    public required IReadOnlyList<string> Command { get; init; }

    public required string Agent { get; init; }

    public required string Job { get; init; }

    /// <summary>As it was given; null when the environment or the platform decides.</summary>
    public required string? BaseDirectory { get; init; }

    /// <summary>Whether each line of output is an event.</summary>
    public required bool RecordsLines { get; init; }

    public required bool PrintsRunId { get; init; }
}
