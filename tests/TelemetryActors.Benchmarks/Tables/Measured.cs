namespace TelemetryActors.Benchmarks.Tables;

/// <summary>One row's result for one number of producers or waiters.</summary>
internal sealed record Measured<TResult>(string Row, int Producers, TResult Result);
