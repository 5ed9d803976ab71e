using System.Diagnostics;
using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Events;
using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>Runs a host with and without recording, in short turns, and compares each pair, so that a slow minute of the machine meets both.</summary>
internal static class OverheadRun
{
    private const int Turns = 41;
    private const int EventsPerTurn = 5_000;

    /// <summary>Measures the contender; opening and closing are not the host's time.</summary>
    public static OverheadResult Measure(RunSpec spec)
    {
        var events = EventGenerator.Create(Turns * EventsPerTurn, spec.Seed);
        var work = new HostWork();
        WarmUp.Repeat(spec.Directory, scratch => Pass(spec.Row, events[..EventsPerTurn], work, scratch));
        return Pass(spec.Row, events, work, spec.Directory);
    }

    private static OverheadResult Pass(string row, BenchEvent[] events, HostWork work, string directory)
    {
        var contender = ContenderCatalog.Create(row);
        contender.Prepare(events);
        contender.Open(directory, producers: 1);
        var turns = new List<(Turn Without, Turn With)>();
        for (var at = 0; at < events.Length; at += EventsPerTurn)
        {
            var without = Timed(() => WorkAlone(work));
            turns.Add((without, Timed(() => WorkAndRecord(work, contender, events.AsSpan(at, EventsPerTurn)))));
        }

        contender.Close();
        return new OverheadResult(
            Median(turns, t => t.With.Wall / t.Without.Wall) - 1,
            Median(turns, t => t.With.Cpu / t.Without.Cpu) - 1,
            Median(turns, t => EventsPerTurn / t.With.Wall),
            LineCheck.Count(directory, events.Length));
    }

    private static void WorkAlone(HostWork work)
    {
        for (var i = 0; i < EventsPerTurn; i++)
        {
            work.Do();
        }
    }

    private static void WorkAndRecord(HostWork work, IContender contender, ReadOnlySpan<BenchEvent> events)
    {
        foreach (var e in events)
        {
            work.Do();
            contender.Write(0, e);
        }
    }

    private static Turn Timed(Action turn)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.GetTimestamp();
        turn();
        return new Turn(Stopwatch.GetElapsedTime(clock).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    private static double Median(List<(Turn Without, Turn With)> turns, Func<(Turn Without, Turn With), double> of) =>
        turns.Select(of).Order().ElementAt(turns.Count / 2);

    private readonly record struct Turn(double Wall, double Cpu);
}
