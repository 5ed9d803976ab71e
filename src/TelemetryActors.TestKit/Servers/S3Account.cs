namespace TelemetryActors.TestKit.Servers;

/// <summary>A user of an S3 server in a spec.</summary>
/// <param name="AccessKey">The access key id.</param>
/// <param name="SecretKey">The secret access key.</param>
public sealed record S3Account(string AccessKey, string SecretKey);
