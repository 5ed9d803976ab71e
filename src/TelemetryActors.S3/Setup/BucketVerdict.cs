namespace TelemetryActors.Sinks.S3.Setup;

/// <summary>How one thing about a bucket stands.</summary>
internal enum BucketVerdict
{
    /// <summary>As it should be.</summary>
    Ok = 0,

    /// <summary>Wrong: diagnostics cannot be kept there, or not as they should be.</summary>
    Wrong,

    /// <summary>The server does not say.</summary>
    Unknown,
}
