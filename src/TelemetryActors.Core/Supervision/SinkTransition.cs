namespace TelemetryActors.Supervision;

/// <summary>Something that happened to a sink; it becomes an event of the pipeline, never sampled, and never waits for room.</summary>
/// <param name="Sink">The sink's name.</param>
/// <param name="Kind">What.</param>
/// <param name="At">When.</param>
/// <param name="Cause">Why, for operators.</param>
/// <param name="Events">How many events it concerns.</param>
/// <param name="OpenUntil">When the next probe may go.</param>
public sealed record SinkTransition(string Sink, SinkTransitionKind Kind, DateTimeOffset At, string? Cause, long Events = 0, DateTimeOffset? OpenUntil = null);
