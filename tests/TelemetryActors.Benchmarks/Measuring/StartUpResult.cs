namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>One cold start.</summary>
/// <param name="Process">From starting the process to its word that the first event was accepted.</param>
/// <param name="Library">From asking for the contender to the first accepted event, inside the process.</param>
internal sealed record StartUpResult(TimeSpan Process, TimeSpan Library);
