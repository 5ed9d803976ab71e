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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_nothing_waits_it_is_through_once_what_was_asked_of_the_sink_is_carried_out(bool hasDoneCommands) =>
        Assert.Equal(hasDoneCommands, new DrainProgress(Sink(), [new SlotTail(1, End)], hasDoneCommands, default).IsThrough);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_paused_sink_is_stopped_once_what_was_asked_of_it_is_carried_out(bool hasDoneCommands) =>
        Assert.Equal(hasDoneCommands, new DrainProgress(Sink() with { IsPaused = true }, [new SlotTail(1, End)], hasDoneCommands, default).IsStopped);

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
