using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using Xunit;

namespace TelemetryActors.Sqlite;

[Trait("Feature", "S4.11")]
public sealed class SqliteSinkSpec : IDisposable
{
    private const string RunId = "20260301T120000Z-crawler-00000001";

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Feature", "S4.10")]
    public void A_run_is_one_row_with_what_its_lines_tell()
    {
        using var sink = new Owned(_folder.Sink(events: false));

        sink.It.Take(Batches.All(Batches.Run(RunId, 1)));

        Assert.Equal(
            [RunId + "|crawler|nightly|success|2026-03-01T12:00:00.000000Z|2026-03-01T12:00:00.000000Z|12.5|10|{\"items_discovered\":10}|3"],
            _folder.Lines("SELECT run_id, agent_name, job_type, status, start_time, end_time, duration_ms, items_discovered, metrics_json, event_count FROM agent_runs"));
    }

    [Fact]
    [Trait("Feature", "S4.16")]
    public void A_runs_row_is_inserted_once_at_its_start_and_updated_once_at_its_end()
    {
        var lines = Batches.Run(RunId, 1);
        using var sink = new Owned(_folder.Sink(events: false));
        sink.It.LoadAccounts();
        _folder.Execute("""
            CREATE TABLE seen (what TEXT);
            CREATE TRIGGER i AFTER INSERT ON agent_runs BEGIN INSERT INTO seen VALUES ('insert'); END;
            CREATE TRIGGER u AFTER UPDATE ON agent_runs BEGIN INSERT INTO seen VALUES ('update'); END;
            """);

        sink.It.Take(Batches.Part(lines, 0, 1));
        sink.It.Take(Batches.Part(lines, 1, 2));

        Assert.Equal(["insert", "update"], _folder.Rows("SELECT what FROM seen").Select(row => row[0]));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 4)]
    public void Events_are_stored_when_they_are_wanted(bool events, int rows)
    {
        using var sink = new Owned(_folder.Sink(events));

        sink.It.Take(Batches.All([.. Batches.Run(RunId, 1), Batches.Line("alone", 4)]));

        Assert.Equal(rows, _folder.Number("SELECT count(*) FROM run_events"));
        Assert.Equal(1, _folder.Number("SELECT count(*) FROM agent_runs"));
    }

    [Fact]
    public void A_batch_that_comes_again_changes_nothing()
    {
        var batch = Batches.All([.. Batches.Run(RunId, 1), "{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"without.id\"}"]);
        using var sink = new Owned(_folder.Sink());
        sink.It.Take(batch);
        var before = _folder.Content();
        var accounts = sink.It.LoadAccounts();

        var outcome = sink.It.Take(batch with { Attempt = 2 });

        Assert.Equal(SinkOutcome.Delivered, outcome);
        Assert.Equal(before, _folder.Content());
        Assert.Equal(accounts, sink.It.LoadAccounts());
    }

    [Fact]
    public void Of_a_batch_that_begins_before_the_cursor_the_new_part_is_stored()
    {
        string[] lines = [.. Batches.Run(RunId, 1), Batches.Line("last", 4)];
        using var sink = new Owned(_folder.Sink());
        sink.It.Take(Batches.Part(lines, 0, 2));

        sink.It.Take(Batches.Part(lines, 0, 4));

        Assert.Equal(["1", "2", "3", "4"], _folder.Rows("SELECT id FROM run_events").Select(row => row[0]));
        Assert.Equal(["3", "0"], _folder.Rows("SELECT event_count, duplicate_count FROM agent_runs").Single());
        Assert.Equal(4, Assert.Single(sink.It.LoadAccounts()).Delivered);
    }

    [Fact]
    public void A_replay_stores_rows_that_are_missing_and_counts_no_run_again()
    {
        var batch = Batches.All([.. Batches.Run(RunId, 1), Batches.Line("last", 4)]);
        using (var first = new Owned(_folder.Sink(events: false)))
        {
            first.It.Take(batch);
        }

        using var sink = new Owned(_folder.Sink());
        var accounts = sink.It.LoadAccounts();
        var runs = _folder.Rows("SELECT * FROM agent_runs").Single();
        sink.It.Take(batch with { Origin = BatchOrigin.Replay });
        sink.It.Take(batch with { Origin = BatchOrigin.Replay });

        Assert.Equal(4, _folder.Number("SELECT count(*) FROM run_events"));
        Assert.Equal(runs, _folder.Rows("SELECT * FROM agent_runs").Single());
        Assert.Equal(accounts, sink.It.LoadAccounts());
    }

    [Fact]
    [Trait("Feature", "S3.20")]
    public void A_new_sink_goes_on_where_the_rows_end()
    {
        var lines = Batches.Run(RunId, 1);
        IReadOnlyList<SinkAccount> kept;
        using (var first = new Owned(_folder.Sink()))
        {
            first.It.LoadAccounts();
            first.It.Take(Batches.Part(lines, 0, 2));
            kept = first.It.LoadAccounts();
        }

        using var second = new Owned(_folder.Sink());
        var loaded = second.It.LoadAccounts();
        second.It.Take(Batches.Part(lines, 2, 1));

        Assert.Equal(kept, loaded);
        Assert.Equal(Batches.Part(lines, 0, 2).End, Assert.Single(loaded).Cursor);
        Assert.Equal("success", _folder.Rows("SELECT status FROM agent_runs").Single()[0]);
    }

    [Fact]
    public void Events_that_are_gone_are_counted_and_the_account_is_balanced()
    {
        string[] lines = [.. Enumerable.Range(1, 10).Select(id => Batches.Line("event", id))];
        using var sink = new Owned(_folder.Sink());
        sink.It.Take(Batches.Part(lines, 0, 3));

        sink.It.Take(Batches.Part(lines, 7, 3));

        var account = Assert.Single(sink.It.LoadAccounts());
        Assert.True(account.IsBalanced, account.ToString());
        Assert.Equal((10, 6, 4), (account.Accepted, account.Delivered, account.Dropped[DropReason.InDoubt]));
    }

    [Fact]
    public void A_slots_new_stream_begins_a_new_account_and_keeps_the_counts()
    {
        string[] lines = [.. Enumerable.Range(1, 3).Select(id => Batches.Line("event", id))];
        string[] later = [.. Enumerable.Range(11, 2).Select(id => Batches.Line("event", id))];
        using var sink = new Owned(_folder.Sink());
        sink.It.Take(Batches.All(lines));

        sink.It.Take(Batches.Part(later, 0, 2, stream: new StreamId(8)));

        var account = Assert.Single(sink.It.LoadAccounts());
        Assert.True(account.IsBalanced, account.ToString());
        Assert.Equal((5, 5), (account.Accepted, account.Delivered));
        Assert.Equal(5, _folder.Number("SELECT count(*) FROM run_events"));
    }

    [Fact]
    public void A_line_that_is_no_event_is_rejected_alone()
    {
        using var sink = new Owned(_folder.Sink());

        var outcome = sink.It.Take(Batches.All(Batches.Line("good", 1), "{\"no\":\"event\"}", Batches.Line("good", 2)));

        var partly = Assert.IsType<SinkOutcome.PartlyDelivered>(outcome);
        Assert.Equal(1, Assert.Single(partly.Items).Index);
        Assert.Contains("missing", partly.Items[0].Reason);
        var account = Assert.Single(sink.It.LoadAccounts());
        Assert.Equal((3, 2, 1), (account.Accepted, account.Delivered, account.DeadLettered));
        Assert.Equal(2, _folder.Number("SELECT count(*) FROM run_events"));
    }

    [Fact]
    public void An_event_that_stands_in_the_log_twice_has_one_row()
    {
        using var sink = new Owned(_folder.Sink());

        sink.It.Take(Batches.All(Batches.Line("same", 1), Batches.Line("other", 2), Batches.Line("same", 1)));

        Assert.Equal(2, _folder.Number("SELECT count(*) FROM run_events"));
        Assert.Equal(3, Assert.Single(sink.It.LoadAccounts()).Delivered);
    }

    [Fact]
    public void Texts_are_stored_as_they_were_recorded()
    {
        const string Line = "{\"ts\":\"2026-03-01T13:00:00+01:00\",\"event\":\"na\\u00efve \\\"x\\\"\",\"details\":{\"t\":\"\\u0000\"},\"level\":\"info\",\"agent\":\"größe\","
            + "\"session_id\":\"s\",\"user_id\":\"u\",\"weight\":5,\"received_ts\":\"2026-03-01T12:00:01Z\",\"id\":\"x\"}";
        using var sink = new Owned(_folder.Sink());

        sink.It.Take(Batches.All(Line));

        Assert.Equal(
            ["2026-03-01T12:00:00.000000Z", "naïve \"x\"", "{\"t\":\"\\u0000\"}", "info", "größe", "s", "u", "5", "2026-03-01T12:00:01Z", "x"],
            _folder.Rows("SELECT timestamp, event_type, payload_json, level, agent_name, session_id, user_id, weight, received_at, event_id FROM run_events").Single());
    }

    [Fact]
    public void The_batches_bounds_do_not_show_in_the_runs()
    {
        const string Other = "20260301T120000Z-indexer-00000002";
        string[] unnumbered = [Batches.Line("joined", 21, Other), Batches.Line("joined", 21, Other), Batches.Line("joined", 22, Other)];
        string[] lines =
        [
            Batches.Line("run_start", 1, RunId, 1, "{\"agent_name\":\"crawler\",\"git_branch\":\"main\"}"), unnumbered[0], Batches.Line("run_metrics", 2, RunId, 2, "{\"metrics\":{\"a\":1.25}}"),
            unnumbered[1], Batches.Line("run_end", 3, RunId, null, "{\"status\":\"abandoned\"}"), Batches.Line("late", 4, RunId, 3), unnumbered[2],
            Batches.Line("run_end", 3, RunId, null, "{\"status\":\"abandoned\"}"), Batches.Line("run_end", 5, RunId, 4, "{\"status\":\"failed\",\"error_summary\":\"x\"}", "05"),
            Batches.Line("run_commit", 6, RunId, null, "{\"git_commit_hash\":\"abc1234\",\"git_commit_source\":\"manual\"}"), Batches.Line("late", 4, RunId, 3),
        ];
        using (var whole = new Owned(_folder.Sink()))
        {
            whole.It.Take(Batches.All(lines));
        }

        using var split = new StoreFolder();
        for (var index = 0; index < lines.Length; index++)
        {
            // A sink of its own for each line: nothing is remembered but what is stored.
            using var sink = new Owned(split.Sink());
            sink.It.LoadAccounts();
            Assert.Equal(SinkOutcome.Delivered, sink.It.Take(Batches.Part(lines, index, 1)));
        }

        Assert.Equal(_folder.Content(), split.Content());
        Assert.Equal(["failed", "abc1234", "2"], _folder.Rows($"SELECT status, git_commit_hash, duplicate_count FROM agent_runs WHERE run_id = '{RunId}'").Single());
        Assert.Equal(["abc1234", RunId, "manual"], _folder.Rows("SELECT commit_hash, run_id, source FROM commits").Single());
    }

    private sealed class Owned(SqliteSink sink) : IDisposable
    {
        public SqliteSink It => sink;

        public void Dispose() => sink.Close();
    }
}
