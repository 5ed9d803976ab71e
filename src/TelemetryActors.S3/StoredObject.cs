using TelemetryActors.Delivery;

namespace TelemetryActors.Sinks.S3;

/// <summary>One object of diagnostics in a bucket.</summary>
/// <param name="Path">Its whole key.</param>
/// <param name="Key">What the key says.</param>
/// <param name="Uploaded">When the server took it, by the server's clock.</param>
internal sealed record StoredObject(string Path, ObjectKey Key, DateTimeOffset Uploaded)
{
    /// <summary>Which events it holds; null when that was not asked for, or its metadata is gone.</summary>
    public EventRange? Bounds { get; init; }

    /// <summary>When its events happened; null when that was not asked for, or is not told.</summary>
    public EventTimes? Times { get; init; }
}
