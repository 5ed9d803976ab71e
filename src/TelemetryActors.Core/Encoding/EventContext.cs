namespace TelemetryActors.Encoding;

/// <summary>What one event carries besides its name and details.</summary>
/// <param name="Scope">Agent, session and run.</param>
/// <param name="Timestamp">When it happened.</param>
/// <param name="Level">debug, info, warning, error, critical; null leaves it out.</param>
/// <param name="UserId">Whom it concerns; null leaves it out.</param>
/// <param name="Weight">How many events it stands for; 1 leaves it out.</param>
internal readonly record struct EventContext(
    EventScope Scope, DateTimeOffset Timestamp, string? Level = null, string? UserId = null, int Weight = 1);
