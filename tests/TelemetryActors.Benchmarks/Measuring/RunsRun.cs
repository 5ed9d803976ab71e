using System.Diagnostics;
using TelemetryActors.Benchmarks.Store;
using TelemetryActors.Sqlite;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>Whole runs, one after another on one thread: a start, three events, an end; each run a row of SQLite in the end.</summary>
internal static class RunsRun
{
    /// <summary>What a recorder without a log between does: each line appended and flushed, each row committed, on the caller's thread.</summary>
    public const string WriteThrough = "write-through";

    private const int EventsOfARun = 3;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static RunsResult Measure(RunSpec spec)
    {
        WarmUp.Repeat(spec.Directory, scratch => Pass(spec.Row, scratch, 100));
        return Pass(spec.Row, Path.Combine(spec.Directory, "measured"), spec.Events);
    }

    private static RunsResult Pass(string row, string directory, int runs)
    {
        var times = new RunTimes(runs, EventsOfARun);
        var clock = Stopwatch.GetTimestamp();
        if (row == WriteThrough)
        {
            using var store = new WriteThroughRuns(directory);
            Repeat(runs, times, store.StartRun, (_, step) => store.Record(step), _ => store.End());
        }
        else
        {
            WithProduct(directory, runs, times);
        }

        var elapsed = Stopwatch.GetElapsedTime(clock);
        using var database = Database.OpenToRead(Path.Combine(directory, "db", "telemetry.sqlite"), TimeSpan.Zero);
        var stored = database.Number("SELECT count(*) FROM agent_runs WHERE status = 'success'");
        return new RunsResult(
            Latencies.From([times.Starts]), Latencies.From([times.Records]), Latencies.From([times.Ends]), runs / elapsed.TotalSeconds, runs - stored);
    }

    private static void WithProduct(string directory, int runs, RunTimes times)
    {
        using var client = TelemetryClient.Start("bench", options =>
        {
            options.BaseDirectory = directory;
            options.TrackGit = false;
            options.AddSqlite();
        });
        Repeat(runs, times, () => client.StartRun("bench", "runs"), (run, step) => run.Record("checkpoint", ("step", step)), run => run.End());
        if (!client.FlushSinksAsync(Longest).GetAwaiter().GetResult())
        {
            throw new InvalidOperationException("the runs were not stored in time");
        }
    }

    private static void Repeat<TRun>(int runs, RunTimes times, Func<TRun> start, Action<TRun, int> record, Action<TRun> end)
    {
        for (var index = 0; index < runs; index++)
        {
            var before = Stopwatch.GetTimestamp();
            var run = start();
            times.Starts[index] = Stopwatch.GetTimestamp() - before;
            for (var step = 0; step < EventsOfARun; step++)
            {
                before = Stopwatch.GetTimestamp();
                record(run, step);
                times.Records[(index * EventsOfARun) + step] = Stopwatch.GetTimestamp() - before;
            }

            before = Stopwatch.GetTimestamp();
            end(run);
            times.Ends[index] = Stopwatch.GetTimestamp() - before;
        }
    }
}
