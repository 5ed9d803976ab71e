namespace TelemetryActors.Sinks.S3.Setup;

/// <summary>What one look at a bucket showed.</summary>
/// <param name="Check">What was looked at, in one word.</param>
/// <param name="Verdict">How it stands.</param>
/// <param name="Text">What was found, in one line, without secrets.</param>
internal sealed record BucketFinding(string Check, BucketVerdict Verdict, string Text);
