using TelemetryActors.Browsing;
using TelemetryActors.Runs;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Sqlite;

/// <summary>Clients with a store on a base directory, and the store against the log.</summary>
internal sealed class ClientStore : IDisposable
{
    public StoreFolder Folder { get; } = new();

    public string Rings { get; } = Directory.CreateTempSubdirectory("store-rings-").FullName;

    public List<TelemetryFailure> Failures { get; } = [];

    public TelemetryClient Start(Action<SqliteOptions>? configure = null) => TelemetryClient.Start(new TelemetryOptions
    {
        Agent = "spec",
        BaseDirectory = Folder.Base,
        Preset = TelemetryPreset.Small,

        // A busy machine takes longer than a program waits for what is done beside it: no spec is about that.
        StartBudget = Eventually.DefaultBound,
        ShutdownBudget = Eventually.DefaultBound,
        CommitPatience = Eventually.DefaultBound,
        Variables = new Dictionary<string, string> { ["TELEMETRY_RING_DIR"] = Rings },
        OnFailure = failure =>
        {
            lock (Failures)
            {
                Failures.Add(failure);
            }
        },
    }.AddSqlite(sqlite =>
    {
        sqlite.Events = true;
        configure?.Invoke(sqlite);
    }));

    /// <summary>The log's lines, each id once.</summary>
    public IReadOnlyList<string> LogLines() =>
        [.. new EventLogBrowser(DiskFileSystem.Instance, LogSnapshot.Take(DiskFileSystem.Instance, Folder.Base)).All(EventFilter.All).Select(line => System.Text.Encoding.UTF8.GetString(line.Bytes.Span))];

    /// <summary>The store holds what the log says, line by line and run by run.</summary>
    public void StoreEqualsLog()
    {
        var browser = new EventLogBrowser(DiskFileSystem.Instance, LogSnapshot.Take(DiskFileSystem.Instance, Folder.Base));
        var runs = new RunBrowser(browser).Last(_ => true, null, int.MaxValue);
        using var store = SqliteRunStore.Open(Folder.Path);
        var stored = store.GetEvents(new Store.EventQuery { OldestFirst = true, Limit = int.MaxValue - 1 }).Events.Select(line => System.Text.Encoding.UTF8.GetString(line.Bytes.Span));
        Assert.Equal(LogLines().Order(StringComparer.Ordinal), stored.Order(StringComparer.Ordinal));
        Assert.Equal(runs.Count, Folder.Number("SELECT count(*) FROM agent_runs"));
        Assert.All(runs, run => Assert.Equal(Facts(run), Facts(store.FindRun(run.RunId)!)));
        Assert.All(store.Accounts(), stored => Assert.True(stored.Account.IsBalanced, stored.Account.ToString()));
    }

    public void Dispose()
    {
        Folder.Dispose();
        Directory.Delete(Rings, recursive: true);
    }

    private static string Facts(RunRecord run) =>
        $"{run.RunId} {run.AgentName} {run.JobType} {run.Status} {run.StartTime:O} {run.EndTime:O} {run.DurationMs} {run.EventCount} {run.DuplicateCount} {run.IgnoredEndCount} {run.LastSequence} {run.LastHeardOf:O} "
        + string.Join(',', run.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal)) + string.Join(',', run.Labels.OrderBy(label => label.Key, StringComparer.Ordinal)) + run.ErrorSummary;
}
