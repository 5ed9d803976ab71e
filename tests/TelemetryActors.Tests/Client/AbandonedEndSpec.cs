using System.Globalization;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Runs;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S4.5")]
public sealed class AbandonedEndSpec : IDisposable
{
    private const string First = "20260301T120000Z-crawler-00000001";
    private const string Second = "20260301T120000Z-crawler-00000002";

    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private BaseFolder Folder => new(_rig.BaseDirectory, "spec");

    // As kills leave them: two slots with their rings, a run open in each.
    private void LeaveTwoDeadWriters()
    {
        var settings = new SlotSettings(
            Folder, DiskFileSystem.Instance, TimeProvider.System, new LogOptions(), RingPlacement.Find(Folder.State), 128 * 1024, TimeSpan.Zero);
        WriterSlot[] slots = [WriterSlot.Open(settings), WriterSlot.Open(settings)];
        Begin(slots[0], First);
        Begin(slots[1], Second);
        Array.ForEach(slots, slot => slot.Forget());
    }

    private static void Begin(WriterSlot slot, string run)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"ts":"2026-03-01T12:00:00Z","event":"run_start","details":{},"agent":"crawler","run_id":"{{run}}","run_seq":{{1,14}},"id":"{{slot.Ring.Instance}}-{{1:00000000000000}}"}""");
        Assert.Equal(DropReason.None, slot.Ring.AppendEncoded(System.Text.Encoding.UTF8.GetBytes(line + "\n"), 1, mayWait: false));
    }

    private IReadOnlyList<string> Ended() =>
        [.. _rig.Events().Where(json => json.GetProperty("event").GetString() == "run_end").Select(json => json.GetProperty("run_id").GetString()!).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task An_end_that_is_refused_is_tried_again_until_it_is_taken()
    {
        LeaveTwoDeadWriters();
        using var client = _rig.Start(options => options.Enabled = false);
        client.Pipeline.TakeOverDeadWriters();
        Assert.Empty(Ended());

        Assert.Empty(client.UpdateConfig(config => config.Enabled = true));
        client.Pipeline.TakeOverDeadWriters();
        Eventually.True(() => Ended().SequenceEqual([First, Second]), () => string.Join(' ', Ended()));
        client.Pipeline.TakeOverDeadWriters();
        await client.DisposeAsync();

        Assert.Equal([First, Second], Ended());
        Assert.Empty(client.Refused);
        Assert.Empty(SlotLocks.Existing(Folder, DiskFileSystem.Instance));
    }

    [Fact]
    public async Task An_end_that_one_process_could_not_write_is_written_by_the_next()
    {
        LeaveTwoDeadWriters();
        await using (var refusing = _rig.Start(options => options.Enabled = false))
        {
            refusing.Pipeline.TakeOverDeadWriters();
        }

        Assert.Empty(Ended());
        for (var start = 0; start < 2; start++)
        {
            await using var client = _rig.Start();
            client.Pipeline.TakeOverDeadWriters();
        }

        Assert.Equal([First, Second], Ended());
        Assert.Empty(SlotLocks.Existing(Folder, DiskFileSystem.Instance));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_start_on_a_disk_that_is_full_ends_what_its_last_writer_left_open_and_nothing_else(bool isEnded)
    {
        var files = new FaultyFileSystem(DiskFileSystem.Instance);
        List<(string?, string?)> expected = [];
        await using (var first = _rig.Start(options => options.Files = files))
        {
            var run = first.StartRun("crawler", "nightly");
            Assert.True((await first.FlushAsync()).IsDurable);
            files.IsFull = true;
            run.End(RunStatus.Success);
            expected.Add((run.Id, "success"));
            if (!isEnded)
            {
                expected.Add((first.StartRun("crawler", "hourly").Id, "abandoned"));
            }
        }

        await using (var next = _rig.Start(options => options.Files = files))
        {
            Assert.NotEmpty(next.Sinks);
            files.IsFull = false;
            Eventually.True(() => next.FlushAsync().AsTask() is { IsCompletedSuccessfully: true, Result.IsDurable: true }, () => next.Sinks[0]);
        }

        await using (var last = _rig.Start())
        {
            Assert.NotEmpty(last.Sinks);
        }

        Assert.Equal(expected, _rig.Events().Where(json => json.GetProperty("event").GetString() == "run_end")
            .Select(json => (json.GetProperty("run_id").GetString(), json.GetProperty("details").GetProperty("status").GetString())));
    }

    [Fact]
    public async Task A_run_that_was_open_when_its_process_ended_in_order_is_ended_by_the_next()
    {
        string run;
        await using (var client = _rig.Start())
        {
            run = client.StartRun("crawler", "nightly").Id;
        }

        for (var start = 0; start < 2; start++)
        {
            await using var client = _rig.Start();
            Assert.NotEmpty(client.Sinks);
        }

        Assert.Equal([run], Ended());
    }
}
