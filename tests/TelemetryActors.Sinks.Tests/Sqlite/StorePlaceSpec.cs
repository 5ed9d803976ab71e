using System.Diagnostics;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Sqlite;

/// <summary>A path that leads to something else than a store: it is refused and stays as it is, while a damaged store is set aside and made anew.</summary>
[Trait("Feature", "S4.11")]
public sealed class StorePlaceSpec : IDisposable
{
    private const string RunId = "20260301T120000Z-crawler-00000001";

    private readonly StoreFolder _folder = new();

    private string Elsewhere => Path.Combine(_folder.Base, "mine.data");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("notes of mine\n")]
    [InlineData("""{"sinks.sqlite.path":"mine.data"}""")]
    [InlineData("SQLite")]
    public async Task A_file_of_another_kind_is_refused_and_left_as_it_is(string text)
    {
        await File.WriteAllTextAsync(Elsewhere, text);
        await using var sink = new SqliteSink(Store(), _folder.Time, _folder.Said.Add);

        var refused = Assert.Throws<StoreRefusedException>(sink.LoadAccounts);
        var outcome = await sink.DeliverAsync(Batches.All(Batches.Run(RunId, 1)), CancellationToken.None);

        Assert.Contains($"{Elsewhere} is no SQLite database", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"{Elsewhere} is no SQLite database", Assert.IsType<SinkOutcome.Misconfigured>(outcome).Reason, StringComparison.Ordinal);
        AssertStays(text);
    }

    [Fact]
    public void A_rebuild_refuses_a_file_of_another_kind_and_leaves_it_as_it_is()
    {
        File.WriteAllText(Elsewhere, "notes of mine\n");
        var rebuild = new StoreRebuild(Store(), _folder.Base, DiskFileSystem.Instance, _folder.Time);

        var refused = Assert.Throws<StoreRefusedException>(() => rebuild.Run(_folder.Said.Add));

        Assert.Contains($"{Elsewhere} is no SQLite database", refused.Message, StringComparison.Ordinal);
        AssertStays("notes of mine\n");
    }

    [Fact]
    public async Task A_pipe_in_the_stores_place_is_refused_by_everybody_and_hangs_nobody()
    {
        using (var making = Process.Start("mkfifo", Elsewhere))
        {
            Assert.Equal(0, ProcessEnd.WaitFor(making));
        }

        await using var sink = new SqliteSink(Store(), _folder.Time, _folder.Said.Add);
        var load = Assert.Throws<StoreRefusedException>(sink.LoadAccounts);
        var outcome = await sink.DeliverAsync(Batches.All(Batches.Run(RunId, 1)), CancellationToken.None);
        var reader = Assert.Throws<StoreRefusedException>(() => SqliteRunStore.Open(Elsewhere));
        var rebuild = Assert.Throws<StoreRefusedException>(() => new StoreRebuild(Store(), _folder.Base, DiskFileSystem.Instance, _folder.Time).Run(_folder.Said.Add));
        var look = Assert.Throws<StoreRefusedException>(() => StoreCheck.Of(Elsewhere, TimeSpan.FromMinutes(1)));

        Assert.All(
            [load.Message, Assert.IsType<SinkOutcome.Misconfigured>(outcome).Reason, reader.Message, rebuild.Message, look.Message],
            reason => Assert.StartsWith($"{Elsewhere} is no plain file", reason, StringComparison.Ordinal));
        Assert.Equal([Elsewhere], Directory.GetFiles(_folder.Base));
    }

    [Fact]
    public void A_damaged_store_in_a_place_of_the_owners_is_set_aside()
    {
        byte[] damaged = [.. "SQLite format 3\0"u8, .. Enumerable.Repeat((byte)7, 4096)];
        File.WriteAllBytes(Elsewhere, damaged);
        var sink = new SqliteSink(Store(), _folder.Time, _folder.Said.Add);

        var told = Assert.Throws<IOException>(sink.LoadAccounts);

        Assert.Contains("set aside", told.Message, StringComparison.Ordinal);
        Assert.Equal(damaged, File.ReadAllBytes(Assert.Single(Directory.GetFiles(_folder.Base, "mine.data.corrupt-*"))));
        Assert.False(File.Exists(Elsewhere));
    }

    [Theory]
    [InlineData("config.json"), InlineData("raw/store.sqlite"), InlineData("./state/store.sqlite"), InlineData("db/../dead/store.sqlite")]
    public async Task A_place_of_the_products_own_is_refused_and_nothing_is_made_there(string path)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Base, "db"));
        var kit = new SqliteKit(new SqliteOptions { Path = Path.Combine(_folder.Base, path) }, new MemoryStore());
        await using var sink = new SqliteSink(kit.FileIn(_folder.Base, TelemetryPreset.Service), _folder.Time, _folder.Said.Add);

        var outcome = await sink.DeliverAsync(Batches.All(Batches.Run(RunId, 1)), CancellationToken.None);

        Assert.Contains("cannot be the store", Assert.IsType<SinkOutcome.Misconfigured>(outcome).Reason, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Base, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("db/telemetry.sqlite", true), InlineData("/data/telemetry.sqlite", true), InlineData("../raw/store.sqlite", true), InlineData("rawer/store", true), InlineData(":memory:", true), InlineData("/mnt/state/store.sqlite", true)]
    [InlineData("config.json", false), InlineData("/srv/Config.json", false), InlineData("raw/x.sqlite", false), InlineData("./state/x", false), InlineData("db/../dead/x", false), InlineData("state/sinks/s3.lock", false), InlineData("db/", false), InlineData(" ", false)]
    public void A_setting_names_a_file_that_is_none_of_ours(string path, bool isAllowed)
    {
        var kit = new SqliteKit(new SqliteOptions { Path = path }, new MemoryStore());

        Assert.Equal(isAllowed, StorePlace.CanBe(path));
        Assert.Equal(isAllowed, !kit.Faults().Any());
    }

    private StoreFile Store() => new() { Path = Elsewhere };

    private void AssertStays(string text)
    {
        Assert.Equal(text, File.ReadAllText(Elsewhere));
        Assert.Equal([Elsewhere], Directory.GetFiles(_folder.Base));
    }
}
