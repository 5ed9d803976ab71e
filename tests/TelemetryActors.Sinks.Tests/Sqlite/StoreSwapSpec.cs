using TelemetryActors.Delivery;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Sqlite;

/// <summary>A rebuild that ends at any of its changes to the disk, by a kill or because the disk refuses, loses no row that the log does not hold any more.</summary>
[Trait("Feature", "S4.9")]
public sealed class StoreSwapSpec
{
    private const string Run = "20260301T120000Z-crawler-00000001";

    [Fact]
    public void A_rebuild_killed_at_any_change_leaves_every_row_to_the_next_start_and_the_next_rebuild()
    {
        var changes = 0;
        while (IsKilledAt(changes, Start) && IsKilledAt(changes, _ => { }))
        {
            changes++;
        }

        Assert.InRange(changes, 3, 50);
    }

    [Fact]
    public void A_new_store_that_was_never_whole_takes_no_place()
    {
        using var folder = Filled();
        File.WriteAllText(folder.Path + ".new", "half of it");

        Start(folder);

        Assert.Equal(1, folder.Number("SELECT count(*) FROM agent_runs"));
    }

    [Fact]
    public void A_store_that_is_deleted_under_way_is_made_anew_and_its_accounts_begin_again()
    {
        using var folder = Filled();
        var sink = folder.Sink();
        Assert.NotEmpty(sink.LoadAccounts());
        Directory.Delete(Path.GetDirectoryName(folder.Path)!, recursive: true);

        Assert.Throws<IOException>(() => sink.Take(Batches.All(Batches.Run(Run, 1))));
        sink.Close();
        sink = folder.Sink();

        Assert.Empty(sink.LoadAccounts());
        Assert.Equal(SinkOutcome.Delivered, sink.Take(Batches.All(Batches.Run(Run, 1))));
        Assert.Equal(1, folder.Number("SELECT count(*) FROM agent_runs"));
        sink.Close();
    }

    // The row is of a run that the log, which is empty, does not hold.
    private static bool IsKilledAt(int change, Action<StoreFolder> start)
    {
        using var folder = Filled();
        var disk = new DyingFileSystem(DiskFileSystem.Instance, change);
        try
        {
            Rebuild(folder, disk);
        }
        catch (IOException)
        {
        }

        start(folder);
        if (File.Exists(folder.Path))
        {
            Assert.Equal(1, folder.Number("SELECT count(*) FROM agent_runs"));
        }

        Rebuild(folder, DiskFileSystem.Instance);
        Assert.Equal(1, folder.Number("SELECT count(*) FROM agent_runs"));
        Assert.Equal([folder.Path], Directory.GetFiles(Path.GetDirectoryName(folder.Path)!));
        return disk.IsDead;
    }

    private static void Start(StoreFolder folder)
    {
        var sink = folder.Sink();
        sink.LoadAccounts();
        sink.Close();
    }

    private static StoreFolder Filled()
    {
        var folder = new StoreFolder();
        var sink = folder.Sink();
        sink.Take(Batches.All(Batches.Run(Run, 1)));
        sink.Close();
        return folder;
    }

    private static void Rebuild(StoreFolder folder, IFileSystem disk) =>
        new StoreRebuild(folder.File(), folder.Base, disk, TimeProvider.System).Run(said => Assert.Fail(said));
}
