using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S4.9")]
public sealed class StaleLookSpec : IDisposable
{
    private readonly SlotRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_the_last_writer_brings_to_its_files_while_another_looks_at_them_is_not_cut_off(int files)
    {
        var last = WriterSlot.Open(_rig.Settings);
        Write(last, 3);
        last.TrySaveState(isClean: false);
        File.Delete(SlotLocks.PathOf(_rig.Settings.Base, 1));
        var disk = new InterruptingFileSystem(DiskFileSystem.Instance, last.Ring.Path!, () =>
        {
            _rig.Time.Advance(TimeSpan.FromDays(files - 1));
            Write(last, 2);
            last.Release();
        });

        using var next = WriterSlot.Open(_rig.Settings with { Files = disk });
        Write(next, 1);

        Assert.Equal((1, 6L, false), (next.Number, next.Ring.Tail.Ordinal, next.Start.InDoubt));
        Assert.Equal([0, 1, 2, 3, 4, 5], next.ReadAll());
        Assert.Equal(files, Directory.GetFiles(next.Folder.Directory).Length);
    }

    [Fact]
    public void A_file_that_is_longer_than_it_was_found_is_not_gone_on_with()
    {
        var last = WriterSlot.Open(_rig.Settings);
        Write(last, 3);
        last.Release();
        var found = LogRecovery.Recover(last.Folder);
        Assert.True(LeftRing.BeginWithout(_rig.Settings, found, found.Stream, last.Folder).MayContinue);

        File.AppendAllText(Assert.Single(Directory.GetFiles(last.Folder.Directory)), "a later line\n");

        Assert.False(LeftRing.BeginWithout(_rig.Settings, found, found.Stream, last.Folder).MayContinue);
    }

    private static void Write(WriterSlot slot, int events)
    {
        slot.Write(events);
        slot.Log.Sync();
    }
}
