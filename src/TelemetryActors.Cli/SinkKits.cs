namespace TelemetryActors.Cli;

/// <summary>The sinks of other assemblies that this program has: their settings are known to every command, and recording commands run them.</summary>
/// <remarks>Each only where the owner's settings ask for it. Its commands live for moments: none leaves an object of its own in the bucket, unless the owner wants that.</remarks>
internal static class SinkKits
{
    public static TelemetryOptions WithSinkKits(this TelemetryOptions options) => options.AddS3(s3 => s3.SendAtEnd = false).AddSqlite(sqlite => sqlite.Enabled = false);
}
