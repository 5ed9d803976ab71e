namespace TelemetryActors.Benchmarks.Events;

/// <summary>The severities that the input uses.</summary>
internal enum BenchLevel
{
    Debug,
    Info,
    Warning,
    Error,
}
