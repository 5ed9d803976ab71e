using System.Diagnostics;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>How long callers were held, in nanoseconds, the clock's own cost included.</summary>
internal sealed record Latencies(double P50, double P99, double Max)
{
    /// <summary>From samples in ticks of <see cref="Stopwatch"/>.</summary>
    public static Latencies From(IEnumerable<long[]> samples)
    {
        long[] all = [.. samples.SelectMany(s => s)];
        Array.Sort(all);
        var nanoseconds = 1e9 / Stopwatch.Frequency;
        return new(At(0.50) * nanoseconds, At(0.99) * nanoseconds, all[^1] * nanoseconds);

        long At(double share) => all[(int)((all.Length - 1) * share)];
    }
}
