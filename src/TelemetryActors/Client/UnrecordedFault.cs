namespace TelemetryActors.Client;

/// <summary>A sink's fault that came when no event was taken any more.</summary>
/// <param name="At">When.</param>
/// <param name="Sink">The sink's name.</param>
/// <param name="Cause">What it was.</param>
internal sealed record UnrecordedFault(DateTimeOffset At, string Sink, string Cause);
