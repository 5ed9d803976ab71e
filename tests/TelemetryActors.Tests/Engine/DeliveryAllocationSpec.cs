using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Tests.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Engine;

public sealed class DeliveryAllocationSpec
{
    private const int Batches = 1000;

    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_batch_of_the_event_log_costs_the_decider_no_allocation()
    {
        var delivery = new SinkDelivery(SinkPolicies.EventLog, SinkState.Fresh, startsAtTail: false, Noon);
        var delivered = 0;

        var allocated = Allocation.Least(() =>
        {
            Deliver(delivery, delivered, Batches);
            delivered += Batches;
        });

        Assert.Equal(0, allocated);
        Assert.Equal(delivered, delivery.Accounts[0].Delivered);
    }

    private static void Deliver(SinkDelivery delivery, int from, int batches)
    {
        for (var ordinal = from; ordinal < from + batches; ordinal++)
        {
            var tail = At(ordinal + 1);
            var plan = delivery.TryBegin(Noon, [new SlotTail(1, tail)]);
            delivery.Loaded(new EventRead(At(ordinal), tail, 10, DropReason.None), Noon);
            delivery.Complete(SinkOutcome.Delivered, Noon, jitter: 0);
            if (plan is null)
            {
                throw new InvalidOperationException("no batch began");
            }
        }
    }

    private static Cursor At(long ordinal) => new(new StreamId(1), ordinal * 10, ordinal);
}
