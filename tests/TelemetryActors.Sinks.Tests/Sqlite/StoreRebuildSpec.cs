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

    private void Store(params string[] lines)
    {
        var sink = Folder.Sink();
        sink.Take(Batches.All(lines));
        sink.Close();
    }

    private RebuildResult Rebuild(bool keepsOlder = true) =>
        new StoreRebuild(Folder.File(), Folder.Base, DiskFileSystem.Instance, TimeProvider.System) { KeepsOlder = keepsOlder }.Run(_said.Add);
}
