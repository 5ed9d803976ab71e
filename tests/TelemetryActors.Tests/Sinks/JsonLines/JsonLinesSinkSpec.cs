using TelemetryActors.Client;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Sinks.JsonLines;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Sinks.JsonLines;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S2.13")]
public sealed class JsonLinesSinkSpec : IDisposable
{
    private const int LineBytes = 60 * 1024;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("jsonl-");
    private readonly ManualTime _time = new();
    private readonly WriterSlot _slot;
    private readonly JsonLinesSink _sink;
    private int _requests;

    public JsonLinesSinkSpec()
    {
        var folder = new BaseFolder(Path.Combine(_root.FullName, "base"), "spec");
        var settings = new SlotSettings(
            folder, DiskFileSystem.Instance, _time, new LogOptions(), new RingPlacement(_root.CreateSubdirectory("rings").FullName, "spec"), 8 * 1024 * 1024, TimeSpan.Zero);
        var arrival = new SlotArrival(settings);
        _slot = arrival.WaitFor(TimeSpan.FromSeconds(20), _ => { })!;
        var own = new OwnSlot(_slot);
        var writer = new EventWriter(new EventEncoder(null, LineBytes), _slot.Ring, _time, _ => { });
        _sink = new JsonLinesSink(own, new SlotMover(settings, own, arrival, writer, _ => { }), FsyncMode.Interval, _time, () => _requests++, _ => { });
    }

    public void Dispose()
    {
        _slot.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public async Task The_batch_that_a_flush_waits_for_is_brought_to_the_device_with_all_before_it_and_none_before_that()
    {
        Record(3);
        var flush = _slot.Flushes.WaitFor(_slot.Ring.Tail.Position);
        var begin = _slot.Log.Synced;

        await DeliverAsync(1);
        await DeliverAsync(1);
        Assert.Equal((begin, false, 0), (_slot.Log.Synced, flush.IsCompleted, _requests));
        await DeliverAsync(1);

        Assert.Equal(_slot.Ring.Tail.Position, _slot.Log.Synced);
        Assert.True((await flush).IsDurable);
    }

    [Fact]
    public async Task A_flush_of_much_begins_to_reach_the_device_before_its_last_batch()
    {
        Record(80);
        var flush = _slot.Flushes.WaitFor(_slot.Ring.Tail.Position);

        await DeliverAsync(60);
        Assert.Equal(0, _requests);
        await DeliverAsync(19);

        Assert.Equal((1, false), (_requests, flush.IsCompleted));
    }

    private void Record(int lines)
    {
        for (var line = 0; line < lines; line++)
        {
            var bytes = new byte[LineBytes];
            bytes.AsSpan().Fill((byte)'x');
            bytes[^1] = (byte)'\n';
            Assert.Equal(DropReason.None, _slot.Ring.AppendEncoded(bytes, 1, mayWait: false));
        }
    }

    private async Task DeliverAsync(int events)
    {
        var buffer = new byte[events * LineBytes];
        var read = RingReader.TryRead(_slot.Ring, _slot.Log.Written, events, buffer)!.Value;
        Assert.Equal(events * LineBytes, read.Bytes);
        Assert.Equal(SinkOutcome.Delivered, await _sink.DeliverAsync(new SinkBatch(_slot.Number, read.Start, read.End, buffer), CancellationToken.None));
    }
}
