namespace TelemetryActors.Delivery;

/// <summary>The time that a replay is about.</summary>
/// <param name="From">Its beginning.</param>
/// <param name="To">Its end.</param>
public readonly record struct ReplayTime(DateTimeOffset From, DateTimeOffset To);
