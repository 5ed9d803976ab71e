using TelemetryActors.Processes;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Sqlite;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S4.9")]
public sealed class StoreRebuildSpec : IDisposable
{
    private const string Run = "20260301T120000Z-crawler-00000001";

    private readonly ClientStore _client = new();
    private readonly List<string> _said = [];

    public void Dispose() => _client.Dispose();

    private StoreFolder Folder => _client.Folder;

    private string[] Files => [.. Directory.GetFiles(Path.GetDirectoryName(Folder.Path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData("CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY); INSERT INTO schema_migrations VALUES (9); PRAGMA application_id = 1413827649", true)]
    [InlineData("CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY); INSERT INTO schema_migrations VALUES (9); PRAGMA application_id = 1413827649", false)]
    [InlineData("CREATE TABLE recipes (name TEXT)", true)]
    [InlineData("CREATE TABLE recipes (name TEXT)", false)]
    public void A_file_of_a_newer_version_or_of_something_else_ends_the_rebuild_and_stays(string sql, bool keepsOlder)
    {
        Folder.Execute(sql);
        var before = File.ReadAllBytes(Folder.Path);

        Assert.Throws<StoreRefusedException>(() => Rebuild(keepsOlder));

        Assert.Equal(before, File.ReadAllBytes(Folder.Path));
        Assert.Equal([Folder.Path], Files);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_that_another_process_has_locked_ends_the_rebuild_and_stays(bool keepsOlder)
    {
        Store(Batches.Run(Run, 1));
        Folder.Execute("PRAGMA journal_mode = DELETE");
        using (HelperProcess.Lock(Folder.Path))
        {
            Assert.True(Assert.Throws<SqliteFault>(() => Rebuild(keepsOlder)).IsLocked);
        }

        Assert.Equal([Folder.Path], Files);
        Assert.Equal(1, Folder.Number("SELECT count(*) FROM agent_runs"));
    }

    [Fact]
    public void A_lock_that_only_the_taking_over_meets_is_told_of_the_file_that_is_locked()
    {
        Store(Batches.Run(Run, 1));
        Folder.Execute("PRAGMA journal_mode = WAL");
        using var locked = HelperProcess.Lock(Folder.Path);

        var fault = Assert.Throws<SqliteFault>(() => Rebuild());

        Assert.True(fault.IsLocked);
        Assert.StartsWith(Folder.Path + ": ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_no_step_brings_here_is_refused_with_what_to_do_and_the_log_alone_is_built()
    {
        Folder.Execute(OldStore.Sql(3) + "ALTER TABLE agent_runs DROP COLUMN agent_owner;");

        var refused = Assert.Throws<StoreRefusedException>(() => Rebuild());

        Assert.Contains("agent_owner", refused.Message, StringComparison.Ordinal);
        Assert.Contains("rebuild --log-only", refused.Message, StringComparison.Ordinal);
        Assert.Contains("rebuild --log-only", Assert.ThrowsAny<IOException>(() => SqliteRunStore.Open(Folder.Path)).Message, StringComparison.Ordinal);
        Assert.Equal(2, Folder.Number("SELECT count(*) FROM agent_runs"));

        Rebuild(keepsOlder: false);

        Assert.Equal(StoreSchema.Version, Folder.Number("SELECT max(version) FROM schema_migrations"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(4096, true)]
    public void A_damaged_file_is_told_of_and_renamed_aside(int from, bool keepsOlder)
    {
        Store([.. Enumerable.Range(0, 200).SelectMany(run => Batches.Run($"20260301T120000Z-crawler-{run:x8}", 1 + (3 * run)))]);
        Folder.Execute("PRAGMA journal_mode = DELETE");
        var bytes = File.ReadAllBytes(Folder.Path);
        new Random(1).NextBytes(bytes.AsSpan(from, from == 0 ? 100 : bytes.Length / 2));
        File.WriteAllBytes(Folder.Path, bytes);

        Rebuild(keepsOlder);

        var aside = Assert.Single(Files, file => file.Contains(".corrupt-", StringComparison.Ordinal));
        Assert.Equal(bytes, File.ReadAllBytes(aside));
        Assert.Contains(_said, said => said.Contains(aside, StringComparison.Ordinal));
        Assert.Equal([Folder.Path, aside], Files);
        Assert.Equal(0, Folder.Number("SELECT count(*) FROM agent_runs"));
    }

    [Fact]
    public void Columns_and_indexes_of_the_owner_go_over_with_what_they_hold()
    {
        const string Gone = "20260301T120000Z-crawler-00000002";
        using (var telemetry = _client.Start())
        {
            telemetry.StartRun("crawler", "nightly").End(Runs.RunStatus.Success);
            telemetry.RecordCommit(Run, "abc");
        }

        Rebuild();
        Store(Batches.Run(Gone, 1));
        Folder.Execute("""
            ALTER TABLE agent_runs ADD COLUMN note text; ALTER TABLE agent_runs ADD COLUMN "my rank" INTEGER NOT NULL DEFAULT 3; ALTER TABLE agent_runs ADD COLUMN twice AS (duration_ms * 2);
            ALTER TABLE run_events ADD COLUMN seen TEXT DEFAULT 'no'; ALTER TABLE commits ADD COLUMN reviewer;
            CREATE INDEX my_notes ON agent_runs (note);
            UPDATE agent_runs SET note = 'of ' || run_id, "my rank" = 7; UPDATE run_events SET seen = 'yes'; UPDATE commits SET reviewer = 'jane';
            """);
        var runs = Folder.Lines("SELECT run_id, status, note, \"my rank\" FROM agent_runs ORDER BY run_id");
        var (events, commits) = (Folder.Number("SELECT count(*) FROM run_events"), Folder.Number("SELECT count(*) FROM commits"));
        using (var telemetry = _client.Start())
        {
            telemetry.StartRun("crawler", "later").End(Runs.RunStatus.Success);
        }

        Rebuild();

        Assert.Equal(runs, Folder.Lines("SELECT run_id, status, note, \"my rank\" FROM agent_runs WHERE note IS NOT NULL ORDER BY run_id"));
        Assert.Equal(["3"], Folder.Lines("SELECT \"my rank\" FROM agent_runs WHERE note IS NULL"));
        Assert.Contains(runs, run => run.StartsWith(Gone, StringComparison.Ordinal));
        Assert.Equal((events, commits), (Folder.Number("SELECT count(*) FROM run_events WHERE seen = 'yes'"), Folder.Number("SELECT count(*) FROM commits WHERE reviewer = 'jane'")));
        Assert.Equal(1, Folder.Number("SELECT count(*) FROM sqlite_master WHERE name = 'my_notes'"));
        Assert.Empty(_said);
    }

    [Fact]
    public void A_column_of_the_owner_that_cannot_be_added_as_it_was_keeps_its_values_and_is_told_of()
    {
        // SQLite adds such a column to an empty table alone, and the log brings rows.
        Folder.File().Open(TimeProvider.System.GetUtcNow(), _said.Add).Dispose();
        Folder.Execute("ALTER TABLE agent_runs ADD COLUMN must TEXT NOT NULL DEFAULT (hex(4))");
        using (var telemetry = _client.Start())
        {
            telemetry.StartRun("crawler", "nightly").End(Runs.RunStatus.Success);
        }

        Store(Batches.Run(Run, 1));
        Folder.Execute("UPDATE agent_runs SET agent_owner = 'search'");

        Rebuild();

        Assert.Contains("agent_runs.must is taken over with its values and without its declaration", Assert.Single(_said), StringComparison.Ordinal);
        Assert.Equal(["search|34"], Folder.Lines($"SELECT agent_owner, must FROM agent_runs WHERE run_id = '{Run}'"));
        Assert.Equal(2, Folder.Number("SELECT count(*) FROM agent_runs"));
    }

    private void Store(params string[] lines)
    {
        var sink = Folder.Sink();
        sink.Take(Batches.All(lines));
        sink.Close();
    }

    private RebuildResult Rebuild(bool keepsOlder = true) =>
        new StoreRebuild(Folder.File(), Folder.Base, DiskFileSystem.Instance, TimeProvider.System) { KeepsOlder = keepsOlder }.Run(_said.Add);
}
