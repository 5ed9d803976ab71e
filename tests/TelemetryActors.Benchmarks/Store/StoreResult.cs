using TelemetryActors.Benchmarks.Files;
using TelemetryActors.Benchmarks.Measuring;

namespace TelemetryActors.Benchmarks.Store;

/// <summary>One row's way from the log to the closed database.</summary>
internal sealed record StoreResult(double EventsPerSecond, LineCount Lines) : IMeasured;
