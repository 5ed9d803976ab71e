namespace TelemetryActors.Events;

/// <summary>How a <see cref="Field"/> holds its value.</summary>
internal enum FieldKind : byte
{
    Null,
    Text,
    True,
    False,
    Integer,
    Unsigned,
    Double,
    Single,
    Decimal,
    Guid,
    Instant,
    Duration,
    Json,
}
