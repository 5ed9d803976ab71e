namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>How long the calls of a run's life held their caller, and what was stored afterwards.</summary>
internal sealed record RunsResult(Latencies Start, Latencies Record, Latencies End, double StoredPerSecond, long Missing);
