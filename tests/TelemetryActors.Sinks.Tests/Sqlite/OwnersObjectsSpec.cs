using TelemetryActors.Delivery;
using Xunit;

namespace TelemetryActors.Sqlite;

/// <summary>What somebody made in an older store beside its tables and on them, once the store is brought to this product's version.</summary>
[Trait("Feature", "S4.12")]
public sealed class OwnersObjectsSpec : IDisposable
{
    private const string Run = "20260301T120000Z-crawler-00000001";

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Views_triggers_indexes_and_foreign_keys_of_the_owner_hold(int version)
    {
        const string objects = """
            CREATE VIEW my_runs AS SELECT run_id, status FROM agent_runs WHERE status = 'failed';
            CREATE VIEW my_count AS SELECT count(*) AS failed FROM my_runs;
            CREATE TABLE audit (run TEXT, status TEXT);
            CREATE TABLE notes (run_id TEXT REFERENCES agent_runs (run_id) ON DELETE CASCADE, said TEXT);
            CREATE TRIGGER noted AFTER INSERT ON Agent_Runs BEGIN INSERT INTO audit VALUES (new.run_id, new.status); END;
            CREATE TRIGGER told AFTER INSERT ON notes BEGIN UPDATE agent_runs SET error_summary = new.said WHERE run_id = new.run_id; END;
            CREATE TRIGGER hidden INSTEAD OF DELETE ON my_runs BEGIN DELETE FROM agent_runs WHERE run_id = old.run_id; END;
            CREATE INDEX my_times ON agent_runs (start_time);
            CREATE INDEX runs_by_time ON agent_runs (start_time);
            CREATE UNIQUE INDEX my_events ON run_events (run_id, timestamp, event_type);
            """;
        Make(OldStore.Sql(version) + objects + "INSERT INTO notes (run_id, said) SELECT run_id, 'first' FROM agent_runs;");
        var made = _folder.Lines(OfOwner);

        Take();
        _folder.Execute($"INSERT INTO notes VALUES ('{Run}', 'second'); DELETE FROM my_runs");

        Assert.Equal(made, _folder.Lines(OfOwner));
        Assert.Equal([$"{Run}|success"], _folder.Lines("SELECT * FROM audit"));
        Assert.Equal(["second"], _folder.Lines($"SELECT error_summary FROM agent_runs WHERE run_id = '{Run}'"));
        Assert.Equal(["0"], _folder.Lines("SELECT * FROM my_count"));
        Assert.Equal(["20240115T113000Z-scraper-bbbbbbbb|first", $"{Run}|second"], _folder.Lines("SELECT * FROM notes"));
        Assert.Equal(1, _folder.Number("SELECT sql LIKE '%began_at%' FROM sqlite_master WHERE name = 'runs_by_time'"));
    }

    [Theory]
    [InlineData("view my_schemas", "CREATE VIEW my_schemas AS SELECT schema_version FROM agent_runs;")]
    [InlineData("trigger my_audit", "CREATE TABLE t (x); CREATE TRIGGER my_audit AFTER UPDATE OF status ON agent_runs BEGIN INSERT INTO t VALUES (new.schema_version); END;")]
    [InlineData("index my_schemas", "CREATE INDEX my_schemas ON agent_runs (schema_version);")]
    [InlineData("table my_notes", "CREATE TABLE my_notes (x); CREATE TRIGGER told AFTER INSERT ON my_notes BEGIN UPDATE agent_runs SET schema_version = new.x; END;")]
    [InlineData("table my_fixes", "CREATE TABLE my_fixes (fix TEXT REFERENCES commits (commit_hash));")]
    public void What_does_not_fit_the_new_tables_is_named_and_the_store_left_as_it_is(string what, string sql)
    {
        Make(OldStore.Sql(1) + sql);
        var before = _folder.Lines("SELECT type, name, sql FROM sqlite_master");
        var sink = _folder.Sink();

        var outcome = sink.Take(Batches.All(Batches.Line("event", 1)));
        sink.Close();

        Assert.Contains($"its owner's {what} does not fit", Assert.IsType<SinkOutcome.Misconfigured>(outcome).Reason, StringComparison.Ordinal);
        Assert.Equal(before, _folder.Lines("SELECT type, name, sql FROM sqlite_master"));
        Assert.Equal((1, 2), (_folder.Number("SELECT max(version) FROM schema_migrations"), _folder.Number("SELECT count(*) FROM agent_runs")));
    }

    [Fact]
    public void What_was_broken_before_is_no_reason_to_refuse()
    {
        Make(OldStore.Sql(3) + "CREATE VIEW my_gone AS SELECT * FROM gone;");

        Take();

        Assert.Equal(4, _folder.Number("SELECT max(version) FROM schema_migrations"));
        Assert.Equal(["CREATE VIEW my_gone AS SELECT * FROM gone"], _folder.Lines("SELECT sql FROM sqlite_master WHERE name = 'my_gone'"));
    }

    [Theory]
    [InlineData("AFTER DELETE ON commits BEGIN DELETE FROM gone; END")]
    [InlineData("BEFORE DELETE ON Run_Events BEGIN SELECT 1 FROM gone; END")]
    public void Nor_is_a_trigger_that_was_broken_before(string fires)
    {
        Make(OldStore.Sql(3) + $"CREATE TRIGGER my_broken {fires};");

        Take();

        Assert.Equal(4, _folder.Number("SELECT max(version) FROM schema_migrations"));
        Assert.Equal([$"CREATE TRIGGER my_broken {fires}"], _folder.Lines("SELECT sql FROM sqlite_master WHERE name = 'my_broken'"));
    }

    [Fact]
    public void Beside_a_trigger_that_was_broken_before_one_that_fits_no_more_is_still_named()
    {
        Make(OldStore.Sql(1) + """
            CREATE TRIGGER my_broken AFTER DELETE ON agent_runs BEGIN DELETE FROM gone; END;
            CREATE TRIGGER my_audit AFTER UPDATE ON agent_runs BEGIN SELECT new.schema_version; END;
            """);
        var sink = _folder.Sink();

        var outcome = sink.Take(Batches.All(Batches.Run(Run, 1)));
        sink.Close();

        Assert.Contains("its owner's trigger my_audit does not fit", Assert.IsType<SinkOutcome.Misconfigured>(outcome).Reason, StringComparison.Ordinal);
        Assert.Equal(1, _folder.Number("SELECT max(version) FROM schema_migrations"));
    }

    [Fact]
    public void A_trigger_on_the_versions_stays_with_their_table()
    {
        const string trigger = "CREATE TRIGGER my_versions AFTER INSERT ON schema_migrations BEGIN INSERT INTO seen VALUES (new.version); END";
        Make(OldStore.Sql(1) + $"CREATE TABLE seen (version INTEGER); {trigger};");

        Take();

        Assert.Equal(["2", "3", "4"], _folder.Lines("SELECT version FROM seen ORDER BY version"));
        Assert.Equal([trigger], _folder.Lines("SELECT sql FROM sqlite_master WHERE name = 'my_versions'"));
    }

    [Fact]
    public void A_step_that_fails_is_told_with_the_version_that_the_store_keeps()
    {
        Make(OldStore.Sql(1) + "ALTER TABLE agent_runs ADD COLUMN subdomain TEXT;");
        var sink = _folder.Sink();

        var outcome = sink.Take(Batches.All(Batches.Run(Run, 1)));
        sink.Close();

        Assert.Contains("says that it has schema version 1, and cannot be brought to 4: ", Assert.IsType<SinkOutcome.Misconfigured>(outcome).Reason, StringComparison.Ordinal);
        Assert.Equal(1, _folder.Number("SELECT max(version) FROM schema_migrations"));
    }

    private const string OfOwner = """
        SELECT type, name, lower(tbl_name), sql FROM sqlite_master
        WHERE name IN ('my_runs', 'my_count', 'audit', 'notes', 'noted', 'told', 'hidden', 'my_times', 'my_events') OR name LIKE 'idx~_%' ESCAPE '~' ORDER BY name
        """;

    private void Make(string sql) => _folder.Execute(sql);

    private void Take()
    {
        var sink = _folder.Sink();
        Assert.Equal(SinkOutcome.Delivered, sink.Take(Batches.All(Batches.Run(Run, 1))));
        sink.Close();
    }
}
