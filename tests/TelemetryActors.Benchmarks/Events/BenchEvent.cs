namespace TelemetryActors.Benchmarks.Events;

/// <summary>One event as a program would hand it over: nothing is encoded, and the time is taken by whoever records it.</summary>
/// <param name="Name">The event's name.</param>
/// <param name="RunId">The run it belongs to, 26 characters.</param>
/// <param name="Level">Its severity.</param>
/// <param name="Seq">Unique in one run of the benchmark: lines are counted by it.</param>
/// <param name="Tool">A short string.</param>
/// <param name="DurationMs">A double with three decimals.</param>
/// <param name="Tokens">An integer.</param>
/// <param name="Ok">A flag.</param>
/// <param name="Target">A longer string.</param>
internal readonly record struct BenchEvent(
    string Name,
    string RunId,
    BenchLevel Level,
    long Seq,
    string Tool,
    double DurationMs,
    int Tokens,
    bool Ok,
    string Target);
