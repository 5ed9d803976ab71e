using TelemetryActors.Client;
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
