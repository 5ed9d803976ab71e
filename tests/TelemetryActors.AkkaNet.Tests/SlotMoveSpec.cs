using System.Collections.Concurrent;
using TelemetryActors.Client;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.Delegate;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class SlotMoveSpec : Akka.TestKit.Xunit2.TestKit
{
    private readonly string _directory = TestFolder.Create();

    public SlotMoveSpec()
        : base(EngineSettings.Reference.WithFallback(SpecSettings.Quiet))
    {
    }

    [Fact]
    [Trait("Feature", "S4.9")]
    [Trait("Feature", "SK.4")]
    public async Task A_client_whose_slot_is_lost_goes_on_in_another_without_waiting_for_an_event()
    {
        var client = TelemetryClient.Start("spec", options =>
        {
            options.BaseDirectory = _directory;
            options.TrackSessions = false;
            options.RunOnActors(Sys);
        });
        Record(client, 0, 100);
        Assert.True((await client.FlushAsync()).IsDurable);

        using (SlotThief.Steal(client))
        {
            Eventually.Equal(2, () => client.Pipeline.Slot.Number);
            Record(client, 100, 100);
            var flushed = await client.FlushAsync();
            Assert.True(flushed.IsDurable, $"{flushed.Reason} {client.Sinks[0]}");
        }

        await client.DisposeAsync();
        Assert.Equal(Enumerable.Range(0, 200), Logged().Order());
    }

    [Fact]
    [Trait("Feature", "S4.9")]
    [Trait("Feature", "SK.4")]
    public async Task A_client_whose_disk_answers_late_counts_and_sends_once_what_a_sink_had_before_the_log()
    {
        using var log = new HangingFileSystem(DiskFileSystem.Instance);
        using var disk = new HangingFileSystem(log);
        var sent = new ConcurrentQueue<long>();
        log.HangAt(path => Path.GetFileName(path) is var name && name.Contains("-s", StringComparison.Ordinal) && name.EndsWith(".ndjson", StringComparison.Ordinal));
        disk.Hang();
        var client = TelemetryClient.Start("spec", options =>
        {
            options.BaseDirectory = _directory;
            options.TrackSessions = false;
            options.Files = disk;
            options.StartBudget = TimeSpan.FromMilliseconds(50);
            options.Sinks.Add(new SinkDefinition("spec", SinkPolicies.LocalDatabase with { FlushInterval = TimeSpan.Zero }, _ => Sink(sent)) { State = KeptState.Durable });
            options.RunOnActors(Sys);
        });
        Record(client, 0, 100);
        disk.Answer();
        Eventually.True(() => log.Waiting > 0 && sent.Count == 100);
        log.Answer();
        Eventually.Equal(1, () => client.Pipeline.Slot.Number);
        Record(client, 100, 100);
        Assert.True((await client.FlushAsync()).IsDurable);
        Assert.True(await client.FlushSinksAsync(Eventually.DefaultBound));
        await client.DisposeAsync();

        Assert.Equal(Enumerable.Range(0, 200), Logged().Order());
        Assert.Equal(Enumerable.Range(0, 200).Select(number => (long)number), sent.Order());
    }

    private static DelegateSink Sink(ConcurrentQueue<long> sent) => new((batch, _) =>
    {
        foreach (var line in batch.Events().Where(line => line.Span.IndexOf("\"event\":\"moved\""u8) > 0))
        {
            sent.Enqueue(Lines.NumberOf(line));
        }

        return ValueTask.FromResult(SinkOutcome.Delivered);
    });

    protected override void AfterAll()
    {
        base.AfterAll();
        TestFolder.Delete(_directory);
    }

    private static void Record(TelemetryClient client, int from, int count)
    {
        for (var number = from; number < from + count; number++)
        {
            Assert.True(client.Record("moved", ("n", number)).IsAccepted);
        }
    }

    private IEnumerable<int> Logged() => Directory.GetFiles(Path.Combine(_directory, "raw"), "*.ndjson").SelectMany(File.ReadLines)
        .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)
        .Where(json => json.GetProperty("event").GetString() == "moved")
        .Select(json => json.GetProperty("details").GetProperty("n").GetInt32());
}
