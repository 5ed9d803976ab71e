using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>What waiters got acknowledged as durable.</summary>
internal sealed record DurabilityResult(double EventsPerSecond, Latencies Waited, LineCount Lines) : IMeasured;
