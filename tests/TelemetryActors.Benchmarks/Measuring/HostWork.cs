using System.Diagnostics;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>The host's own work: a fixed amount of computing that takes about 10 us on this machine.</summary>
internal sealed class HostWork
{
    private const int TrialIterations = 2_000_000;
    private const double Microseconds = 10;

    private readonly int _iterations;
    private ulong _state = 0x9E3779B97F4A7C15;

    /// <summary>Finds out how much computing 10 us are: the best of several trials, the machine being noisy.</summary>
    public HostWork()
    {
        var best = Enumerable.Range(0, 10).Min(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            Compute(TrialIterations);
            return Stopwatch.GetElapsedTime(start);
        });
        _iterations = (int)(TrialIterations * Microseconds / best.TotalMicroseconds);
    }

    /// <summary>Works once.</summary>
    public void Do() => Compute(_iterations);

    private void Compute(int iterations)
    {
        var state = _state;
        for (var i = 0; i < iterations; i++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
        }

        _state = state;
    }
}
