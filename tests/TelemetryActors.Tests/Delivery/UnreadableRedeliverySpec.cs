using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Tests.Delivery;

[Trait("Feature", "S1.15")]
public sealed class UnreadableRedeliverySpec
{
    private static readonly SinkPolicy Policy = SinkPolicies.EventLog with { Circuit = CircuitPolicy.Remote, MaxBatchEvents = 8 };

    private readonly DeliveryRig _rig = new DeliveryRig(Policy).Appended(8);

    public UnreadableRedeliverySpec() => _rig.Send(SinkOutcome.Delivered);

    [Fact]
    public void One_that_is_to_be_repeated_and_cannot_be_read_is_tried_again_after_a_while_and_not_at_once()
    {
        _rig.Delivery.Redeliveries.Add(Redelivery.Replay(1, DeliveryRig.At(0), DeliveryRig.At(8)));
        _rig.Send(new SinkOutcome.Retry("down"));
        _rig.Now = _rig.Delivery.NextDeadline!.Value;
        Assert.Equal(BatchOrigin.Replay, Plan()?.Lane.Origin);

        _rig.Delivery.ReadFailed(_rig.Now);

        Assert.Null(Plan());
        Assert.True(_rig.Delivery.NextDeadline > _rig.Now);
        _rig.Now = _rig.Delivery.NextDeadline!.Value;
        Assert.Equal((0L, 8L), Range(_rig.Send(SinkOutcome.Delivered)));
        Assert.Equal(8, _rig.Delivery.Redeliveries.Totals.Delivered);
    }

    [Fact]
    public void One_that_has_not_begun_and_cannot_be_read_holds_up_no_new_events()
    {
        _rig.Delivery.Redeliveries.Add(Redelivery.Replay(1, DeliveryRig.At(0), DeliveryRig.At(8)));
        Assert.Equal(BatchOrigin.Replay, Plan()?.Lane.Origin);
        _rig.Delivery.ReadFailed(_rig.Now);

        _rig.Append(8);

        Assert.Equal((8L, 16L), Range(_rig.Send(SinkOutcome.Delivered)));
    }

    private BatchPlan? Plan() => _rig.Delivery.TryBegin(_rig.Now, [new SlotTail(1, DeliveryRig.At(8))]);

    private static (long From, long To) Range(PlannedBatch batch) => (batch.Range.Start.Ordinal, batch.Range.End.Ordinal);
}
