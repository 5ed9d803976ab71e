namespace TelemetryActors.Encoding;

/// <summary>The keys of an event's line, in their order.</summary>
internal enum EnvelopeKey
{
    Timestamp,
    Event,
    Details,
    Level,
    Agent,
    SessionId,
    UserId,
    Weight,
    ReceivedTimestamp,
    RunId,
    RunSequence,
    Id,
    Unknown,
}
