using System.Diagnostics;
using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Events;
using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>Runs a host with and without recording, in turns, and compares the medians.</summary>
internal static class OverheadRun
{
    private const int Turns = 15;
    private const int EventsPerTurn = 10_000;

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
        var without = new List<Turn>();
        var with = new List<Turn>();
        for (var at = 0; at < events.Length; at += EventsPerTurn)
        {
            without.Add(Timed(() => WorkAlone(work)));
            with.Add(Timed(() => WorkAndRecord(work, contender, events.AsSpan(at, EventsPerTurn))));
        }

        contender.Close();
        return new OverheadResult(
            Median(with, t => t.Wall) / Median(without, t => t.Wall) - 1,
            Median(with, t => t.Cpu) / Median(without, t => t.Cpu) - 1,
            EventsPerTurn / Median(with, t => t.Wall),
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

    private static double Median(List<Turn> turns, Func<Turn, double> of) => turns.Select(of).Order().ElementAt(turns.Count / 2);

    private readonly record struct Turn(double Wall, double Cpu);
}
