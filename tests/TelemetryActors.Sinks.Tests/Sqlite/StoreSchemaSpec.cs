using TelemetryActors.Delivery;
using Xunit;

namespace TelemetryActors.Sqlite;

[Trait("Feature", "S4.12")]
public sealed class StoreSchemaSpec : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Feature", "S4.8")]
    public void A_new_store_gets_its_directory_and_every_version_one_after_another()
    {
        Open();

        Assert.Equal(["1", "2", "3", "4"], _folder.Rows("SELECT version FROM schema_migrations ORDER BY version").Select(row => row[0]));
        Assert.Equal("wal", _folder.Rows("PRAGMA journal_mode").Single()[0]);
        Assert.Subset(
            _folder.Rows("SELECT name FROM sqlite_master WHERE type = 'table'").Select(row => row[0]!).ToHashSet(),
            new HashSet<string> { "agent_runs", "run_events", "commits", "schema_migrations" });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_store_of_an_older_system_is_brought_here_with_all_its_rows(int version)
    {
        Make(OldStore.Sql(version));

        Open();

        Assert.Equal(4, _folder.Number("SELECT max(version) FROM schema_migrations"));
        Assert.Equal(
            [
                $"20240115T103000Z-scraper-aaaaaaaa|scraper|failed|2024-01-15T10:30:00.000000Z|2024-01-15T10:30:05.250000Z|5250|3|{{\"k\": 1}}|{(version > 1 ? "i-1" : "")}|{(version > 2 ? "words" : "")}",
                "20240115T113000Z-scraper-bbbbbbbb|scraper|running|2024-01-15T10:30:00.000000Z|||0|||",
            ],
            _folder.Lines("SELECT run_id, agent_name, status, start_time, end_time, duration_ms, items_discovered, metrics_json, insight_id, product_family FROM agent_runs ORDER BY run_id"));
        Assert.Equal(
            ["checkpoint|2024-01-15T10:30:01.000000Z|{\"step\": 1}", "note|2024-01-15T10:30:02.000000Z|{\"payload\":\"no json\"}"],
            _folder.Lines("SELECT event_type, timestamp, payload_json FROM run_events ORDER BY id"));
        Assert.Equal(["abc|20240115T103000Z-scraper-aaaaaaaa|fix"], _folder.Lines("SELECT commit_hash, run_id, message FROM commits"));
    }

    [Fact]
    public void What_is_recorded_now_stands_beside_the_older_rows()
    {
        Make(OldStore.Sql(3));
        var sink = _folder.Sink();

        sink.Take(Batches.All(Batches.Run("20260301T120000Z-crawler-00000001", 1)));
        sink.Close();

        Assert.Equal(3, _folder.Number("SELECT count(*) FROM agent_runs"));
        Assert.Equal(5, _folder.Number("SELECT count(*) FROM run_events"));
    }

    [Theory]
    [InlineData("CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY); INSERT INTO schema_migrations VALUES (9); PRAGMA application_id = 1413827649", "version 9;")]
    [InlineData("CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY); INSERT INTO schema_migrations VALUES (6)", "version 6 of another product")]
    [InlineData("CREATE TABLE recipes (name TEXT)", "something else")]
    public void A_store_of_a_newer_version_or_of_something_else_is_refused_and_left_untouched(string sql, string why)
    {
        Make(sql);
        var before = File.ReadAllBytes(_folder.Path);
        var sink = _folder.Sink();

        var refused = Assert.Throws<StoreRefusedException>(sink.LoadAccounts);
        var outcome = sink.Take(Batches.All(Batches.Line("event", 1)));
        sink.Close();

        Assert.Contains(why, refused.Message);
        Assert.Contains(why, Assert.IsType<SinkOutcome.Misconfigured>(outcome).Reason);
        Assert.Equal(before, File.ReadAllBytes(_folder.Path));
        Assert.Equal([_folder.Path], Directory.GetFiles(Path.GetDirectoryName(_folder.Path)!));
    }

    [Fact]
    public void A_step_that_fails_leaves_the_file_as_it_was()
    {
        Make(OldStore.Sql(3) + "CREATE TABLE sink_accounts (x);");

        Assert.ThrowsAny<IOException>(Open);

        Assert.Equal(3, _folder.Number("SELECT max(version) FROM schema_migrations"));
        Assert.Equal(2, _folder.Number("SELECT count(*) FROM agent_runs"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Times_of_older_rows_keep_their_microseconds(int version)
    {
        (string Older, string Now)[] times =
        [
            ("2025-01-01T02:00:00.123456+02:00", "2025-01-01T00:00:00.123456Z"),
            ("2024-12-31 20:30:59.9999999-03:30", "2025-01-01T00:00:59.999999Z"),
            ("2025-01-01T00:00:00.999999999Z", "2025-01-01T00:00:00.999999Z"),
            ("2025-01-01 00:00:10.654321", "2025-01-01T00:00:10.654321Z"),
            ("2025-01-01T00:00:10.5", "2025-01-01T00:00:10.500000Z"),
            ("2025-01-01T00:00:10.05 +00:30", "2024-12-31T23:30:10.050000Z"),
            ("2025-01-01T00:00:10Z", "2025-01-01T00:00:10.000000Z"),
            ("2025-01-01 02:00+02:00", "2025-01-01T00:00:00.000000Z"),
            ("2025-01-01", "2025-01-01T00:00:00.000000Z"),
            ("2025-01-01T00:00:10.", "2025-01-01T00:00:10."),
            ("last week 10.5", "last week 10.5"),
        ];
        Make(OldStore.Sql(version) + string.Concat(times.Select((time, index) =>
            $"INSERT INTO agent_runs (run_id, agent_name, start_time, end_time, created_at, updated_at) VALUES ('t{index:d2}', 'a', '{time.Older}', '{time.Older}', '{time.Older}', '{time.Older}');"
            + $"INSERT INTO run_events (run_id, event_type, timestamp) VALUES ('t{index:d2}', 'timed', '{time.Older}');")));

        Open();

        Assert.Equal(
            times.Select(time => $"{time.Now}|{time.Now}|{time.Now}|{time.Now}"),
            _folder.Lines("SELECT start_time, end_time, created_at, updated_at FROM agent_runs WHERE run_id LIKE 't%' ORDER BY run_id"));
        Assert.Equal(times[..9].Select(time => time.Now), _folder.Lines("SELECT timestamp FROM run_events WHERE event_type = 'timed' ORDER BY id LIMIT 9"));
        Assert.Equal(times[..9].Select(time => time.Now), _folder.Lines("SELECT began_at FROM agent_runs WHERE run_id LIKE 't%' ORDER BY run_id LIMIT 9"));
        Assert.Equal(["last week 10.5"], _folder.Lines("SELECT json_extract(payload_json, '$.unreadable_time') FROM run_events WHERE run_id = 't10'"));
    }

    private void Make(string sql) => _folder.Execute(sql);

    private void Open() => _folder.File().Open(_folder.Time.GetUtcNow(), _folder.Said.Add).Dispose();
}
