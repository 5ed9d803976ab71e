namespace TelemetryActors.Sinks.S3;

/// <summary>Something answered with success, and is no S3 server.</summary>
/// <param name="missing">What S3 would have said.</param>
internal sealed class NoS3AnswerException(string missing) : Exception(missing);
