using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Measuring;

namespace TelemetryActors.Benchmarks.Tables;

/// <summary>How long the start, the events and the end of a run hold their caller, with the runs in SQLite in the end.</summary>
internal static class RunsTable
{
    private const int MostRuns = 50_000;

    /// <summary>The rows in the order of the table.</summary>
    private static readonly string[] Rows = [RunsRun.WriteThrough, ContenderCatalog.Product];

    /// <summary>Runs and prints it.</summary>
    /// <returns>Whether every run was stored.</returns>
    public static bool Print(CommandLine line, TextWriter output)
    {
        var runs = Math.Min(line.Events, MostRuns);
        var isComplete = true;
        var table = new TextTable(
            $"{runs} runs of three events, stored in SQLite", "row", "start p50 us", "p99", "event p50 us", "p99", "end p50 us", "p99", "runs/s until stored", "not stored");
        foreach (var row in Rows)
        {
            var directory = Directory.CreateDirectory(Path.Combine(line.Directory, Guid.NewGuid().ToString("n")));
            var r = ChildProcess.Measure<RunsResult>(new RunSpec(TableNames.Runs, row, runs, 1, line.Seconds, line.Seed, directory.FullName));
            directory.Delete(recursive: true);
            isComplete &= r.Missing == 0;
            table.Add(
                row, Microseconds(r.Start.P50), Microseconds(r.Start.P99), Microseconds(r.Record.P50), Microseconds(r.Record.P99), Microseconds(r.End.P50),
                Microseconds(r.End.P99), $"{r.StoredPerSecond:0}", $"{r.Missing}");
        }

        table.WriteTo(output);
        return isComplete;
    }

    private static string Microseconds(double nanoseconds) => $"{nanoseconds / 1000:0.0}";
}
