using TelemetryActors.Log;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Client;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
public sealed class LogWatchSpec : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("watch-");
    private readonly ManualTime _time = new();
    private readonly WriterSlot _slot;
    private readonly LogWatch _watch;

    public LogWatchSpec()
    {
        var folder = new BaseFolder(Path.Combine(_root.FullName, "base"), "spec");
        _slot = WriterSlot.Open(new SlotSettings(
            folder, DiskFileSystem.Instance, _time, new LogOptions(), new RingPlacement(_root.CreateSubdirectory("rings").FullName, "spec"), 16 * 1024, TimeSpan.Zero));
        _watch = new LogWatch(new OwnSlot(_slot), () => null, _time);
    }

    public void Dispose()
    {
        _slot.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public async Task Who_waits_for_an_fsync_that_does_not_end_is_told_and_producers_are_not_held_up()
    {
        Write();
        var flushed = _slot.Flushes.WaitFor(_slot.Ring.Tail.Position);

        Look(TimeSpan.Zero);
        Look(TimeSpan.FromSeconds(29));
        Assert.False(flushed.IsCompleted);
        Look(TimeSpan.FromSeconds(2));

        Assert.Contains("fsync", (await flushed).Reason, StringComparison.Ordinal);
        Assert.False(_slot.Ring.Overwrites);
        Assert.True(_slot.Flushes.WaitFor(_slot.Ring.Tail.Position).IsCompleted, "who comes next is told at once");
    }

    [Fact]
    public async Task Behind_the_end_nobody_waits_whatever_is_looked_at_later()
    {
        Write();
        var flushed = _slot.Flushes.WaitFor(_slot.Ring.Tail.Position);

        _watch.End();
        Look(TimeSpan.FromSeconds(1));

        Assert.Contains("has ended", (await flushed).Reason, StringComparison.Ordinal);
        Assert.True(_slot.Flushes.WaitFor(_slot.Ring.Tail.Position).IsCompleted, "who comes next is told at once");
    }

    [Fact]
    public void Once_an_fsync_ends_flushes_wait_again()
    {
        Write();
        _slot.Flushes.WaitFor(_slot.Ring.Tail.Position);
        Look(TimeSpan.Zero);
        Look(TimeSpan.FromSeconds(31));

        _slot.Log.Sync();
        Look(TimeSpan.FromSeconds(1));

        Assert.False(_slot.Flushes.WaitFor(long.MaxValue).IsCompleted);
    }

    [Fact]
    public void A_log_that_nobody_waits_for_is_not_watched()
    {
        Write();

        Look(TimeSpan.Zero);
        Look(TimeSpan.FromHours(1));

        Assert.False(_slot.Flushes.WaitFor(_slot.Ring.Tail.Position).IsCompleted);
    }

    private void Look(TimeSpan after)
    {
        _time.Advance(after);
        _watch.Look(null);
    }

    private void Write()
    {
        byte[] line = [.. Lines.Event(0), (byte)'\n'];
        var start = _slot.Ring.Tail;
        _slot.Ring.AppendEncoded(line, 1, mayWait: false);
        _slot.Log.Append(line, start, _slot.Ring.Tail);
        _slot.Ring.AdvanceHead(_slot.Ring.Tail.Position);
    }
}
