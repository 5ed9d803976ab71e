using System.Collections.Concurrent;
using TelemetryActors.Browsing;
using TelemetryActors.Client;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Processes;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S4.9")]
[Trait("Feature", "S1.1")]
public sealed class SlotMoveSpec : IDisposable
{
    private readonly ClientRig _rig = new();
    private readonly RecordingSink _sink = new();

    public void Dispose() => _rig.Dispose();

    private TelemetryClient Start() => _rig.Start(options =>
        options.Sinks.Add(new SinkDefinition("spec", SinkPolicies.LocalDatabase with { FlushInterval = TimeSpan.Zero }, _ => _sink) { State = KeptState.Durable }));

    private static void Record(TelemetryClient client, int from, int count)
    {
        for (var number = from; number < from + count; number++)
        {
            Assert.True(client.Record("e", ("n", number)).IsAccepted);
        }
    }

    private long[] Logged() => [.. _rig.Events().Where(json => json.GetProperty("event").GetString() == "e").Select(json => json.GetProperty("details").GetProperty("n").GetInt64())];

    [Fact]
    public async Task A_client_whose_slot_is_lost_goes_on_in_another_with_every_event_flush_and_sink()
    {
        using var client = Start();
        Record(client, 0, 1000);

        using (SlotThief.Steal(client))
        {
            Record(client, 1000, 1000);
            Assert.True((await client.FlushAsync()).IsDurable);
            Eventually.True(() => client.Pipeline.Slot.Number == 2, () => client.Pipeline.Slot.Number);
            Record(client, 2000, 1000);

            Assert.True((await client.FlushAsync()).IsDurable);
            Assert.True(await client.FlushSinksAsync(Eventually.DefaultBound));
            Assert.All(client.Sinks, sink => Assert.All(sink.Accounts, account => Assert.True(account.IsBalanced, account.ToString())));
            Assert.Equal(CircuitState.Closed, client.Sinks[0].Circuit.State);
        }

        await client.DisposeAsync();
        Assert.Equal(Enumerable.Range(0, 3000).Select(number => (long)number), Logged());
        Assert.Equal(Enumerable.Range(0, 3000).Select(number => (long)number), _sink.Numbers.Distinct().Order());
        Assert.Empty(client.Refused);
        Assert.Contains(_rig.Failures, failure => failure.Where == "slot");
        Assert.All(LogAudit.Check(SlotLog.All(DiskFileSystem.Instance, _rig.BaseDirectory)), slot => Assert.Empty(slot.Faults));
    }

    [Fact]
    public async Task Producers_and_flushes_in_the_middle_of_moves_see_none_of_them()
    {
        const int Producers = 4;
        const int Each = 20_000;
        using var client = Start();
        var refused = new ConcurrentBag<(int Producer, int Number)>();
        var producers = Enumerable.Range(0, Producers).Select(producer => new Thread(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                if (!client.Record("e", ("n", (producer * Each) + number)).IsAccepted)
                {
                    refused.Add((producer, number));
                }
            }
        })).ToList();
        producers.ForEach(producer => producer.Start());

        for (var turn = 0; turn < 3; turn++)
        {
            var slot = client.Pipeline.Slot;
            using (SlotThief.Steal(client))
            {
                Eventually.True(() => client.Pipeline.Slot != slot, () => slot.Number);
                Assert.True((await client.FlushAsync()).IsDurable);
            }
        }

        producers.ForEach(producer => producer.Join());
        Assert.True((await client.FlushAsync()).IsDurable);
        await client.DisposeAsync();
        var logged = Logged();
        Assert.Equal(logged.Length, logged.Distinct().Count());
        Assert.Equal((Producers * Each) - refused.Count, logged.Length);
    }

    [Fact]
    public void A_client_that_ends_while_its_slot_is_lost_takes_what_its_ring_holds_along()
    {
        DiskFileLock stolen;
        using (var client = Start())
        {
            Record(client, 0, 100);
            stolen = SlotThief.Steal(client);
            Record(client, 100, 100);
        }

        stolen.Dispose();
        Assert.Equal(Enumerable.Range(0, 200).Select(number => (long)number), Logged());
    }
}
