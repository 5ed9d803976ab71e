using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.Tests.Engine;
using Xunit;

namespace TelemetryActors.Slots;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
public sealed class FailedSyncSpec : IDisposable
{
    private readonly SlotRig _rig = new();

    public FailedSyncSpec()
    {
        _rig.Files.RememberDevice();
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void What_a_killed_writer_left_has_its_name_on_the_device_before_it_counts_as_durable()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        var written = Write(dead);
        dead.Forget();

        var next = WriterSlot.Open(_rig.Settings);
        Assert.Equal(next.Ring.Tail.Position, next.Log.Synced);
        next.Forget();
        _rig.Files.Reboot(new WorstLuck());

        Assert.True(File.Exists(written));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_an_fsync_failed_for_is_not_gone_on_with_by_the_start_after_next(bool endsInOrder)
    {
        var dead = WriterSlot.Open(_rig.Settings);
        var written = Write(dead);
        dead.Forget();
        Array.ForEach(Directory.GetFiles(_rig.Settings.Placement.Directory!), File.Delete);
        _rig.Files.FailSync(1);
        var between = WriterSlot.Open(_rig.Settings);
        if (endsInOrder)
        {
            between.Release();
        }
        else
        {
            between.Forget();
        }

        using var next = WriterSlot.Open(_rig.Settings);
        var other = Write(next);

        Assert.NotEqual(written, other);
    }

    [Fact]
    public void Events_in_doubt_are_told_after_a_kill_that_came_before_the_state_said_so()
    {
        var killed = WriterSlot.Open(_rig.Settings);
        Write(killed);
        FailSyncAndOvertake(killed);
        killed.Log.RewriteWhatFailed();
        killed.Forget();

        var next = WriterSlot.Open(_rig.Settings);
        next.Forget();
        using var later = WriterSlot.Open(_rig.Settings);

        Assert.Equal((1L, 1L, 1L), (killed.Log.InDoubt, next.Log.InDoubtBefore, later.Log.InDoubtBefore));
    }

    [Fact]
    [Trait("Feature", "S1.17")]
    public async Task Who_waits_for_an_event_that_came_to_be_in_doubt_is_told_so_whoever_looks_first()
    {
        using var slot = WriterSlot.Open(_rig.Settings);
        Write(slot);
        var flushed = slot.Flushes.WaitFor(slot.Log.WrittenPosition);
        FailSyncAndOvertake(slot);

        slot.Log.RewriteWhatFailed();
        slot.Log.Sync();
        slot.Flushes.Complete(long.MaxValue);

        Assert.Contains("1 events are in doubt", (await flushed).Reason, StringComparison.Ordinal);
    }

    // The ring has lost what the fsync was for by the time it can be written again.
    private void FailSyncAndOvertake(WriterSlot slot)
    {
        _rig.Files.FailSync(1);
        Assert.Throws<IOException>(slot.Log.Sync);
        slot.Ring.Overwrites = true;
        for (var count = 0; count < 20; count++)
        {
            slot.Ring.AppendEncoded([.. Lines.Event(count, new string('e', 1000)), (byte)'\n'], 1, mayWait: false);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void So_it_is_not_where_a_start_dies_between_the_ring_that_says_so_and_its_own(int changes)
    {
        var dead = WriterSlot.Open(_rig.Settings);
        var written = Write(dead);
        dead.Forget();
        Array.ForEach(Directory.GetFiles(_rig.Settings.Placement.Directory!), File.Delete);

        // The one after it cannot write down that the fsync failed: its ring alone says it.
        _rig.Files.FailSync(1);
        _rig.Files.MakeReadOnly(_rig.Settings.Base.SinkStates);
        var marked = WriterSlot.Open(_rig.Settings);
        Assert.NotNull(marked.Ring.FailedSync);
        marked.Forget();
        _rig.Files.MakeWritable(_rig.Settings.Base.SinkStates);
        var left = FileStatus.Identify(marked.Ring.Path!)!.Value;

        WriterSlot.Open(_rig.Settings with { Files = new DyingFileSystem(_rig.Files, changes) }, notesBegin: false).Forget();
        if (FileStatus.Identify(marked.Ring.Path!) is { } now && !now.IsSameFile(left))
        {
            // It died right behind the old ring's end: its own was never made.
            File.Delete(marked.Ring.Path!);
        }

        using var next = WriterSlot.Open(_rig.Settings);
        Assert.NotEqual(written, Write(next));
    }

    // The file that an event came to.
    private static string Write(WriterSlot slot)
    {
        slot.Write(1);
        return slot.Folder.PathOf(slot.Log.Index.Last!.File);
    }

    private sealed class WorstLuck : Random
    {
        public override int Next(int maxValue) => 0;
    }
}
