using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>One contender's run, from opening until all is durable.</summary>
internal sealed record WritingResult(
    double EventsPerSecond,
    double CpuMicrosPerEvent,
    Latencies Caller,
    double BytesAllocatedPerEvent,
    double BytesAllocatedByCallersPerEvent,
    LineCount Lines) : IMeasured;
