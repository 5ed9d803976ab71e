using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Sqlite;

/// <summary>Events that were gone before the store got them: their account is the store's, and it says why, as the running sink does.</summary>
[Trait("Feature", "S4.11")]
public sealed class GoneEventsSpec : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly MemoryEventSource _source = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_store_says_why_they_are_gone_as_the_running_sink_does(bool isLocked)
    {
        await DeliverAsync(3);
        _source.Append(7);
        _source.ForgetUpTo(7);
        SinkAccount running;
        using (var blocker = _folder.Connect())
        {
            using var command = blocker.CreateCommand();
            command.CommandText = isLocked ? "BEGIN EXCLUSIVE" : "SELECT 1";
            command.ExecuteNonQuery();
            await using var engine = Start();
            Eventually.True(() => !isLocked || Status(engine).Circuit.FailuresInARow > 0, () => Status(engine), Tick);
            blocker.Close();
            Eventually.True(() => Status(engine) is { Pending: 0, Delivered: 6 }, () => Status(engine), Tick);
            running = Assert.Single(Status(engine).Accounts);
        }

        await using var next = Start();
        Eventually.Equal(6L, () => Status(next).Delivered, Tick);

        Assert.Equal(4, running.Dropped[DropReason.Overwritten]);
        Assert.Equal(running.Dropped, Assert.Single(Status(next).Accounts).Dropped);
        Assert.True(Assert.Single(Status(next).Accounts).IsBalanced);
    }

    [Fact]
    public void What_nobody_told_of_is_in_doubt_and_the_account_is_balanced()
    {
        string[] lines = [.. Enumerable.Range(1, 10).Select(id => Batches.Line("event", id))];
        var sink = _folder.Sink();
        sink.Take(Batches.Part(lines, 0, 3));

        sink.Take(Batches.Part(lines, 7, 3) with { Gone = DropCounts.None.Plus(DropReason.BacklogLimit, 3) });
        var account = Assert.Single(sink.LoadAccounts());
        sink.Close();

        Assert.Equal((3L, 1L, true), (account.Dropped[DropReason.BacklogLimit], account.Dropped[DropReason.InDoubt], account.IsBalanced));
    }

    [Fact]
    public void What_an_old_stream_still_held_is_counted_with_its_reason()
    {
        var sink = _folder.Sink();
        sink.Take(Batches.All(Batches.Line("event", 1)));

        sink.Take(Batches.Part([Batches.Line("event", 11)], 0, 1, stream: new StreamId(8)) with { Gone = DropCounts.None.Plus(DropReason.InDoubt, 2) });
        var account = Assert.Single(sink.LoadAccounts());
        sink.Close();

        Assert.Equal((4L, 2L, 2L, true), (account.Accepted, account.Delivered, account.Dropped[DropReason.InDoubt], account.IsBalanced));
    }

    private async Task DeliverAsync(int events)
    {
        _source.Append(events);
        await using var engine = Start();
        Eventually.Equal(events, () => Status(engine).Delivered, Tick);
    }

    private LocalEngine Start()
    {
        var engine = new LocalEngine(new PipelineDefinition([_folder.Definition()]), new EngineEnvironment
        {
            BaseDirectory = _folder.Base,
            Sources = () => [_source],
            Signal = _source,
            Raise = _ => { },
            Time = _folder.Time,
            Jitter = () => 0,
        });
        engine.Start();
        return engine;
    }

    private static SinkStatus Status(LocalEngine engine) => engine.Statuses.Single();

    private void Tick() => _folder.Time.Advance(TimeSpan.FromMilliseconds(100));
}
