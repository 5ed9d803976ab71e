using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.Tests.Client;
using Xunit;

namespace TelemetryActors.Client;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
[Trait("Feature", "S2.13")]
public sealed class FlushInDoubtSpec : IDisposable
{
    private static readonly TimeSpan Bound = Eventually.DefaultBound;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("doubt-");
    private readonly FaultyFileSystem _files = new(DiskFileSystem.Instance);
    private readonly SlotSettings _settings;

    public FlushInDoubtSpec()
    {
        var folder = new BaseFolder(Path.Combine(_root.FullName, "base"), "spec");
        var rings = _root.CreateSubdirectory("rings").FullName;
        _settings = new SlotSettings(folder, _files, new ManualTime(), new LogOptions(), new RingPlacement(rings, "spec"), 16 * 1024, TimeSpan.Zero);
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task The_first_flush_after_events_came_to_be_in_doubt_says_so_though_nobody_waited_then()
    {
        using var rig = new ClientRig();
        await using var client = rig.Start(options =>
        {
            options.Files = _files;
            options.Log.Fsync = FsyncMode.Never;
            options.RingBytes = 128 * 1024;
        });
        client.Record("e");
        Assert.True((await client.FlushAsync()).IsDurable);
        var log = client.Pipeline.Slot.Log;
        LapTheRing(client);
        Eventually.True(() => log.WrittenPosition == client.Pipeline.Slot.Ring.Tail.Position, () => log.WrittenPosition);
        _files.FailSync(1);

        Assert.Throws<IOException>(log.Sync);
        Eventually.True(() => !log.MustRewrite && log.InDoubt > 0, () => log.InDoubt, between: () => client.Record("e"));
        var first = await client.FlushAsync();
        var second = await client.FlushAsync();

        Assert.False(first.IsDurable);
        Assert.Contains("in doubt", first.Reason, StringComparison.Ordinal);
        Assert.True(second.IsDurable, second.Reason);
    }

    [Fact]
    public async Task Who_waits_is_told_before_the_syncing_thread_can_call_it_durable()
    {
        using var slot = WriterSlot.Open(_settings);
        LoseWhatAnFsyncFailedFor(slot);
        var flushed = slot.Flushes.WaitFor(slot.Ring.Tail.Position);

        // What the log's worker does, and then the syncing thread, before the worker comes to telling anyone.
        slot.Log.RewriteWhatFailed();
        Write(slot, RingReader.Oldest(slot.Ring));
        slot.Log.Sync();
        slot.Flushes.Complete(slot.Log.Synced);

        Assert.Contains("3 events are in doubt", (await flushed.WaitAsync(Bound)).Reason, StringComparison.Ordinal);
        Assert.True(slot.Flushes.TakeVerdict().IsDurable, "who waited was told");
    }

    [Fact]
    public async Task What_comes_to_be_in_doubt_at_the_end_is_told_to_who_waits_and_to_those_in_charge()
    {
        var slot = WriterSlot.Open(_settings);
        var own = new OwnSlot(slot);
        LoseWhatAnFsyncFailedFor(slot);
        var flushed = slot.Flushes.WaitFor(slot.Ring.Tail.Position);
        var told = new List<TelemetryFailure>();
        using var syncer = new LogSyncer(own, _settings.Log, _settings.Time, () => { }, _ => { });
        var arrival = new SlotArrival(_settings);
        arrival.WaitFor(Bound, _ => { })!.Release();

        await new PipelineEnd(Bound, own, syncer, arrival, new LogWatch(own, () => null, _settings.Time), () => null, told.Add).RunAsync(Task.FromResult(true), hasStarted: true, () => false);

        Assert.Contains("3 events are in doubt", (await flushed.WaitAsync(Bound)).Reason, StringComparison.Ordinal);
        Assert.Contains(told, failure => failure.Message.Contains("3 events are in doubt", StringComparison.Ordinal));
    }

    // Three events are in the log, their fsync fails, and the ring goes on without them.
    private void LoseWhatAnFsyncFailedFor(WriterSlot slot)
    {
        for (var number = 0; number < 3; number++)
        {
            Assert.Equal(DropReason.None, slot.Ring.AppendEncoded([.. Lines.Event(number), (byte)'\n'], 1, mayWait: false));
        }

        Write(slot, slot.Log.Written);
        _files.FailSync(1);
        Assert.Throws<IOException>(slot.Log.Sync);
        slot.Ring.Overwrites = true;
        for (var count = 0; count < 20; count++)
        {
            Assert.Equal(DropReason.None, slot.Ring.AppendEncoded([.. new byte[1000], (byte)'\n'], 1, mayWait: false));
        }
    }

    private static void Write(WriterSlot slot, Cursor from)
    {
        var buffer = new byte[16 * 1024];
        var read = RingReader.TryRead(slot.Ring, from, int.MaxValue, buffer)!.Value;
        slot.Log.Append(buffer.AsSpan(0, read.Bytes), read.Start, read.End);
        slot.Ring.AdvanceHead(read.End.Position);
    }

    private static void LapTheRing(TelemetryClient client)
    {
        var ring = client.Pipeline.Slot.Ring;
        var text = new string('x', 1000);
        var to = ring.Tail.Position + (2 * ring.Capacity);
        Eventually.True(() => ring.Tail.Position >= to, () => ring.Tail, between: () => client.Record("e", ("text", text)));
    }
}
