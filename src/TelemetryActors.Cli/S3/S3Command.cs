using System.CommandLine;

namespace TelemetryActors.Cli.S3;

/// <summary><c>telemetry s3</c>: the owner's bucket.</summary>
internal static class S3Command
{
    public static Command Create() => new("s3", "Set up the bucket of sinks.s3.bucket, or bring events back from it.") { SetupCommand.Create(), GetCommand.Create() };
}
