namespace TelemetryActors.Sinks.S3.Reading;

/// <summary>An event that came back.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Bytes">Its line with the line feed; valid until the next read.</param>
internal readonly record struct StoredLine(DateTimeOffset At, ReadOnlyMemory<byte> Bytes);
