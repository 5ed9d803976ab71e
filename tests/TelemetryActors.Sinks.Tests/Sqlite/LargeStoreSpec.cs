using System.Diagnostics;
using TelemetryActors.Runs;
using TelemetryActors.Store;
using Xunit;
using Xunit.Abstractions;

namespace TelemetryActors.Sqlite;

/// <summary>Pages of a store with a million runs and ten million events; a twentieth of it without the long switch. How long they took is told, what they are answered from is asserted.</summary>
[Trait("Feature", "S4.11")]
public sealed class LargeStoreSpec(ITestOutputHelper told) : IDisposable
{
    private const int Limit = 50;
    private const int Tries = 5;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("TELEMETRY_LONG") == "1";
    private static readonly int Runs = IsLong ? 1_000_000 : 50_000;
    private static readonly int Events = Runs * 10;

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pages_of_runs_and_events_come_from_their_indexes_at_any_depth()
    {
        Fill();
        using var store = SqliteRunStore.Open(_folder.Path);
        var middle = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000 + (Runs * 30L));
        var deep = new PageKey(StoredTime.Format(middle), "run").ToString();

        foreach (var query in new[]
        {
            new RunQuery { Limit = Limit }, new RunQuery { Limit = Limit, After = deep }, new RunQuery { Limit = Limit, Agent = "agent-7" },
            new RunQuery { Limit = Limit, Agent = "agent-10", Status = RunStatus.Failed, After = deep }, new RunQuery { Limit = Limit, Status = RunStatus.Failed, Since = middle },
        })
        {
            Tell(query, () => store.GetRuns(query).Runs.Count);
            AssertIndexed(store.PlanOf(RunQuestions.PageSql(query)));
        }

        foreach (var query in new[]
        {
            new EventQuery { Limit = Limit }, new EventQuery { Limit = Limit, EventName = "event-3" }, new EventQuery { Limit = Limit, EventName = "event-3", Since = middle, OldestFirst = true },
            new EventQuery { Limit = Limit, RunId = "run-77" }, new EventQuery { Limit = Limit, RunId = "run-77", EventName = "event-17" },
        })
        {
            Tell(query, () => store.GetEvents(query).Events.Count);
            AssertIndexed(store.PlanOf(EventQuestions.PageSql(query)));
        }
    }

    private static void AssertIndexed(IEnumerable<string> plan)
    {
        var all = string.Join("; ", plan);
        Assert.Contains("USING INDEX", all, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", all, StringComparison.Ordinal);
    }

    private void Tell(object query, Func<int> ask)
    {
        var found = 0;
        var times = Enumerable.Range(0, Tries).Select(_ =>
        {
            var began = Stopwatch.GetTimestamp();
            found = ask();
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }).Order().ToList();
        told.WriteLine($"{times[Tries / 2],8:f2} ms in the middle, {times[^1],8:f2} ms at the most, {found} found: {query}");
        Assert.True(found > 0, query.ToString());
    }

    // By SQL: what is measured are pages, not how rows come there.
    private void Fill()
    {
        _folder.Sink().Close();
        _folder.File().Open(_folder.Time.GetUtcNow(), _folder.Said.Add).Dispose();
        _folder.Execute($$"""
            PRAGMA synchronous = OFF;
            PRAGMA cache_size = -200000;
            BEGIN;
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {{Runs - 1}})
            INSERT INTO agent_runs (run_id, agent_name, job_type, start_time, end_time, status, duration_ms, began_at, event_count, duplicate_count, ignored_end_count)
            SELECT 'run-' || i, 'agent-' || (i % 20), 'nightly', strftime('%Y-%m-%dT%H:%M:%f000Z', 1700000000 + i * 60, 'unixepoch'),
                strftime('%Y-%m-%dT%H:%M:%f000Z', 1700000030 + i * 60, 'unixepoch'), CASE i % 10 WHEN 0 THEN 'failed' ELSE 'success' END, 30000.0,
                strftime('%Y-%m-%dT%H:%M:%f000Z', 1700000000 + i * 60, 'unixepoch'), 10, 0, 0 FROM n;
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {{Events - 1}})
            INSERT INTO run_events (event_id, run_id, seq, timestamp, event_type, agent_name, payload_json)
            SELECT printf('abcdefghijk-%014d', i), 'run-' || (i / 10), i % 10, strftime('%Y-%m-%dT%H:%M:%f000Z', 1700000000 + i * 6, 'unixepoch'),
                'event-' || (i % 40), 'agent-' || (i / 10 % 20), '{"step":' || i || '}' FROM n;
            COMMIT;
            """);
    }
}
