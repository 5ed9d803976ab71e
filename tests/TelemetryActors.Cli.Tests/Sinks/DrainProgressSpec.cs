using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Cli.Sinks;

[Trait("Feature", "SK.9")]
[Trait("Feature", "U.1")]
public sealed class DrainProgressSpec
{
    private static readonly Cursor End = new(new StreamId(1), 100, 5);
    private static readonly SlotTail[] Tails = [new SlotTail(1, End)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_nothing_waits_it_is_through_once_what_was_asked_of_the_sink_is_carried_out(bool hasDoneCommands) =>
        Assert.Equal(hasDoneCommands, new DrainProgress(Sink(), Sink(), Tails, hasDoneCommands).IsThrough);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_paused_sink_is_stopped_once_what_was_asked_of_it_is_carried_out(bool hasDoneCommands) =>
        Assert.Equal(hasDoneCommands, new DrainProgress(Sink() with { IsPaused = true }, Sink(), Tails, hasDoneCommands).IsStopped);

    [Fact]
    public void What_a_kill_would_undo_is_not_through()
    {
        var before = Sink() with { Accounts = [SinkAccount.StartAt(1, new Cursor(End.Stream, 0, 0)).SeeTail(End)] };
        var redelivering = Sink() with { Redeliveries = [SinkAccount.StartAt(1, new Cursor(End.Stream, 0, 0)).SeeTail(End)] };

        Assert.All([before, redelivering, null], kept =>
        {
            var progress = new DrainProgress(Sink(), kept, Tails, hasDoneCommands: true);

            Assert.Equal((false, false), (progress.IsThrough, progress.IsTaken));
            Assert.Equal("5 delivered in all: how far it is was not kept: the disk did not take it in time", progress.Text(sinkFault: null));
        });
    }

    [Fact]
    public void Letters_are_counted_as_they_are_kept()
    {
        var written = Sink() with { Accounts = [Sink().Accounts[0] with { Delivered = 4, DeadLettered = 1 }] };
        var unwritten = Sink() with { Accounts = [Sink().Accounts[0] with { Delivered = 4, DeadLettered = 2 }] };

        Assert.EndsWith(", nothing waits; 1 dead letter", new DrainProgress(unwritten, written, Tails, hasDoneCommands: true).Text(sinkFault: null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DropReason.Discarded, null, "; 3 dropped now (Discarded 3)")]
    [InlineData(DropReason.Missing, null, "; 3 dropped now (Missing 3)")]
    [InlineData(DropReason.Discarded, "HTTP 500", "; 3 dropped now (Discarded 3; HTTP 500)")]
    public void What_was_given_up_meanwhile_is_not_taken_and_says_why(DropReason reason, string? error, string said)
    {
        var sink = Sink() with { LastError = error };
        var progress = new DrainProgress(sink, sink, Tails, hasDoneCommands: true) { NotTaken = (0, DropCounts.None.Plus(reason, 3)) };

        Assert.Equal((true, false), (progress.IsThrough, progress.IsTaken));
        Assert.EndsWith(said, progress.Text(sinkFault: null), StringComparison.Ordinal);
    }

    private static SinkStatus Sink() => new()
    {
        Name = "spec",
        Circuit = CircuitRecord.Closed,
        IsPaused = false,
        IsElsewhere = false,
        IsBusy = false,
        LastError = null,
        LastErrorAt = null,
        LastDeliveredAt = null,
        Restarts = 0,
        Accounts = [new SinkAccount { Slot = 1, Cursor = End, Tail = End, Delivered = 5 }],
    };
}
