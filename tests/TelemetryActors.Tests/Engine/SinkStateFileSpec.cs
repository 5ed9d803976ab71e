using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Tests.Engine;

public sealed class SinkStateFileSpec : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("telemetryactors-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_was_saved_is_loaded()
    {
        var cursor = new Cursor(new StreamId(0xfedcba9876543210), 1L << 40, 12);
        var state = new SinkState
        {
            Accounts = [SinkAccount.StartAt(3, cursor) with { Delivered = 5, DeadLettered = 2, Replayed = 1, Carried = 9, Dropped = DropCounts.None.Plus(DropReason.Discarded, 4) }],
            Circuit = new CircuitRecord { State = CircuitState.Open, OpenUntil = Noon.AddTicks(1), FailuresInARow = 6, OpeningsInARow = 2, Cause = "down", IsMisconfigured = true },
            IsPaused = true,
            Outstanding = new OutstandingBatch(new EventRange(3, cursor, cursor with { Ordinal = 14 }), 2, 1),
            Suspects = new SuspectRun(3, cursor, [new Refusal("bad", 1) { Index = 4 }, new Refusal("worse", 1) { Index = 5, IsAnnouncement = true }]),
            RejectionsInARow = 20,
            RetryAftersInARow = 3,
            Hold = new Hold(Noon.AddTicks(9), TimeSpan.FromHours(1)),
            DeliveredAhead = [new EventRange(3, cursor, cursor with { Ordinal = 13 })],
            Waiting = [new SlotWait(3, Noon.AddTicks(7))],
            CommandsRead = 77,
            Call = new CallUnderWay(Noon.AddTicks(3), TimeSpan.FromSeconds(30), IsGivenUp: true),
        };

        File().Save(state);
        var loaded = File().Load(Noon, out var fault);

        Assert.Null(fault);
        Assert.Equal(state.Accounts, loaded.Accounts);
        Assert.Equal(state.Suspects.Refusals, loaded.Suspects!.Refusals);
        Assert.Equal(state.DeliveredAhead, loaded.DeliveredAhead);
        Assert.Equal(state.Waiting, loaded.Waiting);
        Assert.Equal(
            (state.Circuit, state.IsPaused, state.Outstanding, state.RejectionsInARow, state.CommandsRead, state.RetryAftersInARow, state.Hold, state.Call),
            (loaded.Circuit, loaded.IsPaused, loaded.Outstanding, loaded.RejectionsInARow, loaded.CommandsRead, loaded.RetryAftersInARow, loaded.Hold, loaded.Call));
    }

    [Fact]
    public void A_wait_that_no_policy_asks_for_silences_no_sink_for_years()
    {
        File().Save(SinkState.Fresh with { Hold = new Hold(Noon.AddYears(1000), TimeSpan.FromMilliseconds(7)) });
        var path = SinkPaths.State(_directory, "s3");
        System.IO.File.WriteAllText(path, System.IO.File.ReadAllText(path).Replace("\"longest_ms\": 7", $"\"longest_ms\": {long.MaxValue}", StringComparison.Ordinal));

        var hold = File().Load(Noon, out var fault).Hold.ClampedTo(Noon);

        Assert.Null(fault);
        Assert.True(hold.Until <= Noon.AddDays(366), hold.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"version\":99}")]
    [InlineData("{\"version\":1,\"paused\":")]
    public void A_file_that_cannot_be_read_is_set_aside_and_said(string content)
    {
        var path = Path.Combine(_directory, "state", "sinks", "s3.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, content);

        var loaded = File().Load(Noon, out var fault);

        Assert.Same(SinkState.Fresh, loaded);
        Assert.NotNull(fault);
        Assert.Equal(content, System.IO.File.ReadAllText(path + ".unreadable-20260301T120000Z"));
    }

    [Theory]
    [InlineData("\"stream\": \"0000000000000007\"", "\"stream\": \"00000000000000070\"")]
    [InlineData("\"stream\": \"0000000000000007\"", "\"stream\": \"fffffffffffffffff\"")]
    [InlineData("\"position\": 70", "\"position\": 4611686018427387904")]
    [InlineData("\"ordinal\": 7", "\"ordinal\": -1")]
    [InlineData("\"Discarded\": 4", "\"77\": 4")]
    [InlineData("\"Discarded\": 4", "\"99999999999999999999\": 4")]
    [InlineData("\"state\": \"closed\"", "\"state\": \"99999999999999999999\"")]
    [InlineData("\"state\": \"closed\"", "\"state\": \"7\"")]
    [InlineData("\"000000000000000b\"", "\"000000000000000b0\"")]
    public void A_state_in_which_a_word_is_damaged_is_set_aside_as_well(string written, string damaged)
    {
        var cursor = new Cursor(new StreamId(7), 70, 7);
        File().Save(SinkState.Fresh with { Accounts = [SinkAccount.StartAt(3, cursor) with { Dropped = DropCounts.None.Plus(DropReason.Discarded, 4) }], TakenOut = [new StreamId(11)] });
        var path = SinkPaths.State(_directory, "s3");
        var content = System.IO.File.ReadAllText(path);
        Assert.Contains(written, content, StringComparison.Ordinal);
        System.IO.File.WriteAllText(path, content.Replace(written, damaged, StringComparison.Ordinal));

        var loaded = File().Load(Noon, out var fault);

        Assert.Same(SinkState.Fresh, loaded);
        Assert.Contains("s3.json was set aside", fault, StringComparison.Ordinal);
    }

    private SinkStateFile File() => new(DiskFileSystem.Instance, _directory, "s3");
}
