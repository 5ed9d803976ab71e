using System.Diagnostics;
using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Events;
using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>Measures one contender from opening until everything is written, closed and fsynced once.</summary>
internal static class WritingRun
{
    /// <summary>The pace of the paced table.</summary>
    public const int PacedEventsPerSecond = 50_000;

    private const int WarmUpEvents = 100_000;

    /// <summary>As fast as the producers can.</summary>
    public static WritingResult Measure(RunSpec spec) => Measure(spec, spec.Events, eventsPerSecond: 0);

    /// <summary>At a pace that leaves every contender time.</summary>
    public static WritingResult MeasurePaced(RunSpec spec) =>
        Measure(spec, spec.Seconds * PacedEventsPerSecond, PacedEventsPerSecond);

    private static WritingResult Measure(RunSpec spec, int count, int eventsPerSecond)
    {
        var events = EventGenerator.Create(count, spec.Seed);
        var warmUp = events[..Math.Min(count, WarmUpEvents)];
        WarmUp.Repeat(spec.Directory, scratch => Pass(spec, warmUp, scratch, 0));
        if (eventsPerSecond > 0)
        {
            WarmUp.Repeat(spec.Directory, scratch => Pass(spec, warmUp[..Math.Min(warmUp.Length, eventsPerSecond / 5)], scratch, eventsPerSecond));
        }

        return Pass(spec, events, spec.Directory, eventsPerSecond);
    }

    private static WritingResult Pass(RunSpec spec, BenchEvent[] events, string directory, int eventsPerSecond)
    {
        var contender = ContenderCatalog.Create(spec.Row);
        contender.Prepare(events);
        using var start = new ManualResetEventSlim();
        Producer[] producers =
        [
            .. Enumerable.Range(0, spec.Producers)
                .Select(p => new Producer(contender, Share(events, p, spec.Producers), p, eventsPerSecond, start)),
        ];

        var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        var cpuBefore = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.GetTimestamp();
        contender.Open(directory, spec.Producers);
        start.Set();
        foreach (var producer in producers)
        {
            producer.Join();
        }

        contender.Close();
        var elapsed = Stopwatch.GetElapsedTime(clock);
        var cpu = Environment.CpuUsage.TotalTime - cpuBefore;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;

        return new WritingResult(
            events.Length / elapsed.TotalSeconds,
            cpu.TotalMicroseconds / events.Length,
            Latencies.From(producers.Select(p => p.Samples)),
            (double)allocated / events.Length,
            (double)producers.Sum(p => p.AllocatedBytes) / events.Length,
            LineCheck.Count(directory, events.Length));
    }

    private static ArraySegment<BenchEvent> Share(BenchEvent[] events, int producer, int producers)
    {
        var start = (int)((long)events.Length * producer / producers);
        var end = (int)((long)events.Length * (producer + 1) / producers);
        return new ArraySegment<BenchEvent>(events, start, end - start);
    }
}
