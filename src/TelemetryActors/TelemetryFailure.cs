namespace TelemetryActors;

/// <summary>Something that went wrong inside the telemetry and did not reach the program it watches.</summary>
/// <param name="Where">The part: <c>start</c>, <c>record</c>, <c>fsync</c>, a sink's name.</param>
/// <param name="Message">What happened and to which file or endpoint; no secrets.</param>
/// <param name="Exception">The cause, when there was one.</param>
public sealed record TelemetryFailure(string Where, string Message, Exception? Exception = null);
