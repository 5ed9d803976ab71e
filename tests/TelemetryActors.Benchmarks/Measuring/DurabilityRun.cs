using System.Diagnostics;
using TelemetryActors.Benchmarks.Durable;
using TelemetryActors.Benchmarks.Events;
using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>A number of waiters, each of which hands over its next event when the last one is on the disk.</summary>
internal sealed class DurabilityRun
{
    private const int MaxEventsPerSecond = 2_000_000;

    private readonly IDurableContender _contender;
    private readonly BenchEvent[] _events;
    private readonly long[] _waited;
    private readonly long _end;
    private int _next = -1;

    private DurabilityRun(IDurableContender contender, BenchEvent[] events, long[] waited, TimeSpan length)
    {
        (_contender, _events, _waited) = (contender, events, waited);
        _end = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
    }

    /// <summary>Runs the contender for the time of the spec.</summary>
    public static DurabilityResult Measure(RunSpec spec)
    {
        var events = EventGenerator.Create(spec.Seconds * MaxEventsPerSecond, spec.Seed);
        var waited = new long[events.Length];
        WarmUp.Repeat(spec.Directory, scratch => Pass(spec, events, waited, scratch, TimeSpan.FromSeconds(0.25)));
        return Pass(spec, events, waited, spec.Directory, TimeSpan.FromSeconds(spec.Seconds));
    }

    private static DurabilityResult Pass(RunSpec spec, BenchEvent[] events, long[] waited, string directory, TimeSpan length)
    {
        var contender = DurableCatalog.Create(spec.Row);
        contender.Open(directory);
        var clock = Stopwatch.GetTimestamp();
        var run = new DurabilityRun(contender, events, waited, length);
        var count = Task.WhenAll(Enumerable.Range(0, spec.Producers).Select(_ => run.WaiterAsync())).GetAwaiter().GetResult().Sum();
        var elapsed = Stopwatch.GetElapsedTime(clock);
        contender.Close();
        return new DurabilityResult(count / elapsed.TotalSeconds, Latencies.From([waited[..count]]), LineCheck.Count(directory, count));
    }

    private async Task<int> WaiterAsync()
    {
        var acknowledged = 0;
        while (Stopwatch.GetTimestamp() is var start && start < _end && Interlocked.Increment(ref _next) is var i && i < _events.Length)
        {
            await _contender.WriteAsync(_events[i]);
            _waited[i] = Stopwatch.GetTimestamp() - start;
            acknowledged++;
        }

        return acknowledged;
    }
}
