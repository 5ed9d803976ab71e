using System.Diagnostics;
using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Events;
using TelemetryActors.Benchmarks.Files;
using TelemetryActors.Benchmarks.Measuring;
using TelemetryActors.Sqlite;

namespace TelemetryActors.Benchmarks.Store;

/// <summary>A log stored in SQLite, batch by batch.</summary>
internal static class StoreRun
{
    /// <summary>The raw row.</summary>
    public const string Raw = "raw-sqlite";

    /// <summary>The rows in the order of the table.</summary>
    public static IReadOnlyList<string> Names { get; } = [Raw, ContenderCatalog.Product];

    /// <summary>Runs a row once to warm up and once for the clock; the spec's producers are the events of a batch.</summary>
    public static StoreResult Measure(RunSpec spec)
    {
        StoreInput.Record(spec.Directory, spec.Events, spec.Seed);
        var fill = Filler(spec);
        fill(FileAt(spec, "warm-up.sqlite"));
        GC.Collect();
        var file = FileAt(spec, "measured.sqlite");
        var clock = Stopwatch.GetTimestamp();
        fill(file);
        var elapsed = Stopwatch.GetElapsedTime(clock);
        return new StoreResult(spec.Events / elapsed.TotalSeconds, Count(file, spec.Events));
    }

    private static Action<StoreFile> Filler(RunSpec spec)
    {
        if (spec.Row != Raw)
        {
            return file => ProductStore.Fill(file, spec.Directory, spec.Producers);
        }

        var raw = new RawStore(spec.Directory);
        return file => raw.Fill(file, spec.Producers);
    }

    private static StoreFile FileAt(RunSpec spec, string name) => new() { Path = Path.Combine(spec.Directory, "db", name), Events = true };

    private static LineCount Count(StoreFile file, int events)
    {
        using var database = Database.OpenToRead(file.Path, TimeSpan.Zero);
        // The log tells of itself too: of runs, and that callers had to wait.
        var recorded = $"FROM run_events WHERE event_type IN ('{string.Join("','", EventGenerator.Names)}')";
        var rows = database.Number($"SELECT count(*) {recorded}");
        var distinct = database.Number($"SELECT count(DISTINCT event_id) {recorded}");
        return new LineCount(events - distinct, rows - distinct, 0, new FileInfo(file.Path).Length / (double)events);
    }
}
