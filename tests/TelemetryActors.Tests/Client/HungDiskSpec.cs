using System.Collections.Concurrent;
using System.Diagnostics;
using TelemetryActors.Browsing;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Processes;
using TelemetryActors.Sinks.Delegate;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.1")]
[Trait("Feature", "S4.18")]
public sealed class HungDiskSpec : IDisposable
{
    private static readonly TimeSpan Bound = Eventually.DefaultBound;

    // Who asks for the sinks of a start that hangs waits twice as long.
    private static readonly TimeSpan AmpleStart = TimeSpan.FromSeconds(20);

    private readonly ClientRig _rig = new();
    private readonly HangingFileSystem _log = new(DiskFileSystem.Instance);
    private readonly HangingFileSystem _disk;
    private readonly ConcurrentQueue<long> _sent = [];
    private readonly ManualTime _time = new();
    private TimeSpan _startBudget = TimeSpan.FromMilliseconds(50);

    public HungDiskSpec() => _disk = new HangingFileSystem(_log);

    public void Dispose()
    {
        _disk.Dispose();
        _log.Dispose();
        Eventually.True(TryDelete);
    }

    // Threads that hung may still be at work there.
    private bool TryDelete()
    {
        try
        {
            _rig.Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // On a thread of its own: a start that hangs is to fail the spec and not to hang it.
    private Task<TelemetryClient> StartAsync(TimeProvider? time = null) => DiskCall.Begin("spec", () => _rig.Start(options =>
    {
        options.Time = time ?? TimeProvider.System;
        options.Files = _disk;
        options.StartBudget = _startBudget;
        options.ShutdownBudget = TimeSpan.FromMilliseconds(500);
        options.Sinks.Add(new SinkDefinition("spec", SinkPolicies.LocalDatabase with { FlushInterval = TimeSpan.Zero }, _ => Sink()) { State = KeptState.Durable });
    })).WaitAsync(Bound);

    private DelegateSink Sink() => new((batch, _) =>
    {
        foreach (var line in batch.Events().Where(line => line.Span.IndexOf("\"event\":\"e\""u8) > 0))
        {
            _sent.Enqueue(Lines.NumberOf(line));
        }

        return ValueTask.FromResult(SinkOutcome.Delivered);
    });

    private static void Record(TelemetryClient client, int from, int count)
    {
        for (var number = from; number < from + count; number++)
        {
            Assert.True(client.Record("e", ("n", number)).IsAccepted);
        }
    }

    private long[] Logged() => [.. _rig.Events().Where(json => json.GetProperty("event").GetString() == "e").Select(json => json.GetProperty("details").GetProperty("n").GetInt64())];

    private static IEnumerable<long> Numbers(int count) => Enumerable.Range(0, count).Select(number => (long)number);

    private bool WasTold(string what)
    {
        lock (_rig.Failures)
        {
            return _rig.Failures.Exists(failure => failure.Message.Contains(what, StringComparison.Ordinal));
        }
    }

    private string Seen(TelemetryClient client)
    {
        lock (_rig.Failures)
        {
            return string.Join('\n', [$"slot {client.Pipeline.Slot.Number}", .. client.Sinks.Select(sink => sink.ToString()), .. _rig.Failures.Select(failure => failure.ToString())]);
        }
    }

    private void AssertFilesBalance()
    {
        var logs = SlotLog.All(DiskFileSystem.Instance, _rig.BaseDirectory);
        List<string> faults = [];
        var sinks = new SinkBrowser(DiskFileSystem.Instance, _rig.BaseDirectory).All(logs, faults);

        Assert.Empty(faults);
        Assert.All(LogAudit.Check(logs), slot => Assert.Empty(slot.Faults));
        Assert.All(sinks, sink => Assert.Empty(SinkAudit.Check(sink, logs, DiskFileSystem.Instance, _rig.BaseDirectory)));
    }

    [Fact]
    public async Task A_start_goes_on_without_a_disk_that_hangs_and_its_events_are_on_it_once_it_answers()
    {
        _disk.Hang();
        using var client = await StartAsync();
        Record(client, 0, 100);

        Assert.Contains("does not answer", client.Sinks[0].LastError, StringComparison.Ordinal);
        Assert.True(WasTold("config.json was not read"));
        Assert.True(WasTold("events are held in memory"));

        _disk.Answer();
        Eventually.True(() => client.Pipeline.Slot.Number == 1, () => Seen(client));
        Record(client, 100, 100);
        Assert.True((await client.FlushAsync()).IsDurable);
        Assert.True(await client.FlushSinksAsync(Bound), Seen(client));
        Assert.All(client.Sinks, sink => Assert.All(sink.Accounts, account => Assert.True(account.IsBalanced, account.ToString())));
        await client.DisposeAsync();

        Assert.Equal(Numbers(200), Logged().Order());
        Assert.Equal(Numbers(200), _sent.Order());
        Assert.True(WasTold("The base directory answers"));
        AssertFilesBalance();
    }

    [Fact]
    public async Task What_a_sink_had_before_the_log_of_a_start_without_a_disk_is_counted_and_sent_once()
    {
        _log.HangAt(path => Path.GetFileName(path) is var name && name.Contains("-s", StringComparison.Ordinal) && name.EndsWith(".ndjson", StringComparison.Ordinal));
        _disk.Hang();
        using var client = await StartAsync();
        var standIn = client.Pipeline.Slot;
        Record(client, 0, 100);
        _disk.Answer();
        Eventually.True(() => _log.Waiting > 0 && _sent.Count == 100, () => Seen(client));
        Record(client, 100, 50);
        Eventually.True(() => _sent.Count == 150, () => Seen(client));
        Assert.Equal(0, standIn.Log.WrittenPosition);

        _log.Answer();
        Eventually.True(() => client.Pipeline.Slot.Number == 1, () => Seen(client));
        Record(client, 150, 50);
        Assert.True((await client.FlushAsync()).IsDurable);
        Assert.True(await client.FlushSinksAsync(Bound), Seen(client));
        await client.DisposeAsync();

        Assert.Equal(Numbers(200), Logged().Order());
        Assert.Equal(Numbers(200), _sent.Order());
        var logs = SlotLog.All(DiskFileSystem.Instance, _rig.BaseDirectory);
        var sink = Assert.Single(new SinkBrowser(DiskFileSystem.Instance, _rig.BaseDirectory).All(logs, []), sink => sink.Name == "spec");
        Assert.Equal((_rig.Events().Count, 0), (sink.Delivered, sink.Pending));
        Assert.All(sink.Accounts, account => Assert.Equal(account.Tail, account.Cursor));
        Assert.All(logs, log => Assert.True(log.State!.IsClean));
        AssertFilesBalance();
    }

    [Fact]
    public async Task A_disk_that_hangs_between_the_slot_and_the_engine_holds_up_nobody_for_long()
    {
        _startBudget = TimeSpan.FromSeconds(6);
        _disk.HangAt(path => path.EndsWith("jsonl.json.tmp", StringComparison.Ordinal));
        using var client = await StartAsync(_time);

        Assert.Contains("the sinks do not run yet", client.Sinks[0].LastError, StringComparison.Ordinal);
        Assert.True(WasTold("the sinks do not run yet"));
        Assert.False(client.Pipeline.TakeOverDeadWriters(TimeSpan.Zero));
        await AssertNobodyIsHeldUp(client);
    }

    [Fact]
    public async Task A_disk_that_hangs_under_way_holds_up_nobody_for_long()
    {
        _startBudget = AmpleStart;
        using var client = await StartAsync(_time);
        client.Record("e", ("n", 0));
        Assert.True((await client.FlushAsync()).IsDurable);
        _disk.Hang();
        Eventually.True(() => _disk.Waiting > 0, () => Seen(client), Beat);

        await AssertNobodyIsHeldUp(client);
    }

    private void Beat() => _time.Advance(TimeSpan.FromSeconds(1));

    private async Task AssertNobodyIsHeldUp(TelemetryClient client)
    {
        var number = 1;
        while (client.Record("e", ("n", number)).IsAccepted)
        {
            number++;
            Assert.InRange(number, 1, 100_000);
        }

        var flushed = client.FlushAsync().AsTask();
        Eventually.True(() => flushed.IsCompleted, () => Seen(client), Beat);
        Assert.False((await flushed).IsDurable);
        Record(client, number, 100);

        _disk.Answer();
        Eventually.True(() => client.FlushAsync().AsTask() is { IsCompletedSuccessfully: true, Result.IsDurable: true }, () => Seen(client), Beat);
        await client.DisposeAsync();
        Assert.Equal(number + 99, Logged()[^1]);
        AssertFilesBalance();
    }

    [Fact]
    public async Task A_slot_that_comes_when_nobody_wants_it_any_more_is_given_back()
    {
        _disk.Hang();
        var client = await StartAsync();
        await client.DisposeAsync().AsTask().WaitAsync(Bound);

        _disk.Answer();

        Eventually.True(
            () => !SlotLocks.Existing(new BaseFolder(_rig.BaseDirectory, ""), DiskFileSystem.Instance).Any(),
            () => string.Join(' ', SlotLocks.Existing(new BaseFolder(_rig.BaseDirectory, ""), DiskFileSystem.Instance)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Feature", "S2.69")]
    public async Task An_end_on_a_disk_that_hangs_returns_and_says_what_is_not_on_it(bool hangsWholly)
    {
        _startBudget = AmpleStart;
        var client = await StartAsync();
        Record(client, 0, 100);
        Assert.True((await client.FlushAsync()).IsDurable);

        // The start is over: what hangs is the end alone.
        Assert.NotEmpty(client.Sinks);
        (hangsWholly ? (Action)_disk.Hang : _disk.HangSyncs)();
        Record(client, 100, 100);

        // The end is short: what is to be on the way to the disk must be there before it.
        var slot = client.Pipeline.Slot;
        Eventually.True(() => hangsWholly || slot.Log.WrittenPosition == slot.Ring.Tail.Position, () => Seen(client));

        await DiskCall.Begin("spec end", () => client.DisposeAsync().AsTask().Wait(Bound)).WaitAsync(Bound);

        Assert.True(WasTold(hangsWholly ? "100 events are kept in the ring" : "bytes of events were written and are not known to be on the device"), Seen(client));
        Assert.False((await client.FlushAsync()).IsDurable);
        _disk.Answer();
        Eventually.True(() => Logged().SequenceEqual(Numbers(200)), () => string.Join(' ', Logged()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_waits_for_a_disk_that_hangs_is_told_so_and_a_full_ring_holds_nobody(bool withoutRingFile)
    {
        _startBudget = AmpleStart;
        using var client = await StartAsync(_time);
        Record(client, 0, 100);
        Assert.True((await client.FlushAsync().AsTask().WaitAsync(Bound)).IsDurable);
        if (withoutRingFile)
        {
            File.Delete(client.Pipeline.Slot.Ring.Path!);
        }

        _disk.Hang();
        Record(client, 100, 1);
        var flushed = client.FlushAsync().AsTask();
        Eventually.True(() => flushed.IsCompleted, () => Seen(client), Beat);

        // Whichever is seen first: that nothing moves, or that the log's call fails again and again.
        Assert.Matches("has not moved for|cannot be written: timeout", (await flushed).Reason);
        Assert.True(client.Pipeline.Slot.Ring.Overwrites);
        Assert.False((await client.FlushAsync().AsTask().WaitAsync(Bound)).IsDurable);
        _disk.Answer();
        Eventually.True(() => Logged().SequenceEqual(Numbers(101)), () => Seen(client), Beat);
    }

    [Theory]
    [InlineData("config.json", "config.json was not read")]
    [InlineData("state/sinks/jsonl.json", "events are held in memory")]
    public async Task A_file_whose_open_does_not_return_holds_no_start(string file, string told)
    {
        var path = Path.Combine(_rig.BaseDirectory, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var making = Process.Start("mkfifo", path))
        {
            Assert.True(making.WaitForExit(Bound));
        }

        using var client = await StartAsync();
        Record(client, 0, 100);
        Assert.True(WasTold(told));

        // Who has both ends open lets every open return, and there is nothing to be read.
        using var ends = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        Eventually.True(() => client.Pipeline.Slot.Number == 1, () => Seen(client));
        Record(client, 100, 100);
        Assert.True((await client.FlushAsync()).IsDurable);
        await client.DisposeAsync();

        Assert.Equal(Numbers(200), Logged().Order());
        File.Delete(Path.Combine(_rig.BaseDirectory, "config.json"));
        AssertFilesBalance();
    }
}
