using TelemetryActors.Processes;
using TelemetryActors.Runs;
using TelemetryActors.Store;
using Xunit;

namespace TelemetryActors.Sqlite;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S4.11")]
public sealed class RunStoreSpec : IDisposable
{
    private const int Runs = 30;

    private readonly StoreFolder _folder = new();
    private readonly SqliteRunStore _store;

    public RunStoreSpec()
    {
        var sink = _folder.Sink();
        sink.Take(Batches.All([.. Enumerable.Range(0, Runs).SelectMany(number => Batches.Run(IdOf(number), 1 + (3 * number), $"{number:d2}")), Batches.Line("alone", 1000, second: "59")]));
        sink.Close();
        _folder.Execute("PRAGMA journal_mode = DELETE");
        _store = SqliteRunStore.Open(_folder.Path);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Pages_of_runs_are_newest_first_without_gaps_or_doubles()
    {
        List<string> seen = [];
        string? after = null;
        do
        {
            var page = _store.GetRuns(new RunQuery { Limit = 7, After = after });
            seen.AddRange(page.Runs.Select(run => run.RunId));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(0, Runs).Reverse().Select(IdOf), seen);
    }

    [Fact]
    public void Runs_are_filtered_by_agent_status_and_time()
    {
        Assert.Equal(Runs, _store.GetRuns(new RunQuery { Agent = "crawler", Status = RunStatus.Success, Limit = 100 }).Runs.Count);
        Assert.Empty(_store.GetRuns(new RunQuery { Agent = "indexer" }).Runs);
        Assert.Empty(_store.GetRuns(new RunQuery { Status = RunStatus.Failed }).Runs);
        Assert.Equal(2, _store.GetRuns(new RunQuery { Since = DateTimeOffset.Parse("2026-03-01T12:00:28Z", System.Globalization.CultureInfo.InvariantCulture) }).Runs.Count);
    }

    [Fact]
    public void One_run_comes_with_its_metrics_and_its_events()
    {
        var run = _store.FindRun(IdOf(3))!;
        var events = _store.GetEvents(new EventQuery { RunId = IdOf(3), OldestFirst = true }).Events;

        Assert.Equal((10.0, 12.5, 3), (run.Metrics["items_discovered"].Number, run.DurationMs, run.EventCount));
        Assert.Equal(["run_start", "checkpoint", "run_end"], events.Select(line => line.Event));
        Assert.Null(_store.FindRun("nobody"));
    }

    [Fact]
    [Trait("Feature", "S4.9")]
    public void Numbers_that_no_json_can_hold_are_as_good_as_none()
    {
        _folder.Execute("UPDATE agent_runs SET duration_ms = 9e999, items_failed = -9e999, metrics_json = '{\"a\":1e999,\"b\":2}'");

        var run = _store.FindRun(IdOf(3))!;

        Assert.Null(run.DurationMs);
        Assert.Equal(2.0, run.Metrics["b"].Number);
        Assert.All(run.Metrics.Values, metric => Assert.True(double.IsFinite(metric.Number)));
    }

    [Fact]
    public void Pages_of_events_go_on_where_they_ended_in_both_orders()
    {
        foreach (var oldestFirst in new[] { false, true })
        {
            List<string> seen = [];
            string? after = null;
            do
            {
                var page = _store.GetEvents(new EventQuery { Limit = 8, After = after, OldestFirst = oldestFirst });
                seen.AddRange(page.Events.Select(line => line.Id!));
                after = page.Next;
            }
            while (after is not null);

            Assert.Equal((Runs * 3) + 1, seen.Distinct().Count());
            Assert.Equal((Runs * 3) + 1, seen.Count);
        }
    }

    [Fact]
    public void Runs_are_counted_by_agent_status_and_day()
    {
        var counts = Assert.Single(_store.CountRuns(RunGrouping.Agent | RunGrouping.Status | RunGrouping.Day, new RunQuery()));

        Assert.Equal(new RunCounts("crawler", RunStatus.Success, new DateOnly(2026, 3, 1), Runs, Runs, 12.5, 12.5, 12.5), counts);
        Assert.Equal(Runs, Assert.Single(_store.CountRuns(RunGrouping.None, new RunQuery())).Runs);
    }

    [Theory]
    [InlineData(null, null, false, "runs_by_time")]
    [InlineData("a", null, false, "runs_by_agent")]
    [InlineData(null, RunStatus.Failed, false, "runs_by_status")]
    [InlineData("a", RunStatus.Failed, true, "runs_by_agent_status")]
    [InlineData(null, null, true, "runs_by_time")]
    public void Every_page_of_runs_is_answered_from_an_index_without_sorting(string? agent, RunStatus? status, bool since, string index)
    {
        var query = new RunQuery { Agent = agent, Status = status, Since = since ? DateTimeOffset.UnixEpoch : null, After = new PageKey("2026", "x").ToString() };

        var plan = string.Join("; ", _store.PlanOf(RunQuestions.PageSql(query)));

        Assert.Matches($"USING INDEX {index}( |$)", plan);
        Assert.DoesNotContain("TEMP B-TREE", plan);
    }

    [Theory]
    [InlineData(null, null, "events_by_time")]
    [InlineData("run", null, "events_by_run")]
    [InlineData(null, "name", "events_by_type")]
    [InlineData("run", "name", "events_by_run")]
    public void Every_page_of_events_is_answered_from_an_index_without_sorting(string? run, string? name, string index)
    {
        foreach (var oldestFirst in new[] { false, true })
        {
            var query = new EventQuery { RunId = run, EventName = name, Since = DateTimeOffset.UnixEpoch, OldestFirst = oldestFirst, After = new PageKey("2026", "1").ToString() };

            var plan = string.Join("; ", _store.PlanOf(EventQuestions.PageSql(query)));

            Assert.Contains($"USING INDEX {index} ", plan);
            Assert.DoesNotContain("TEMP B-TREE", plan);
        }
    }

    [Fact]
    public void A_file_that_took_its_place_and_cannot_be_opened_yet_is_opened_by_a_later_question()
    {
        using var other = new StoreFolder();
        var sink = other.Sink();
        sink.Take(Batches.All(Batches.Run(IdOf(77), 1)));
        sink.Close();
        other.Execute("PRAGMA journal_mode = DELETE");
        using (HelperProcess.Lock(other.Path))
        {
            File.Move(other.Path, _folder.Path, overwrite: true);
            Assert.ThrowsAny<IOException>(() => _store.FindRun(IdOf(77)));
        }

        Assert.NotNull(_store.FindRun(IdOf(77)));
        Assert.Null(_store.FindRun(IdOf(3)));
    }

    [Fact]
    public void A_store_that_is_not_there_or_cannot_be_read_says_so()
    {
        Assert.Contains("nowhere.sqlite", Assert.ThrowsAny<IOException>(() => SqliteRunStore.Open(Path.Combine(_folder.Base, "nowhere.sqlite"))).Message);
    }

    private static string IdOf(int number) => $"20260301T1200{number:d2}Z-crawler-{number:x8}";
}
