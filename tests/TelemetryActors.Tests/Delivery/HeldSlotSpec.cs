using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Tests.Delivery;

[Trait("Feature", "D.9")]
public sealed class HeldSlotSpec
{
    private static readonly SinkOutcome Held = new SinkOutcome.Held("its note cannot be read");

    private readonly SinkDelivery _delivery;
    private DateTimeOffset _now = DeliveryRig.Noon;
    private long _tail = 3;

    public HeldSlotSpec() => _delivery = new SinkDelivery(SinkPolicies.Custom with { FlushEvents = 1, MaxBatchEvents = 1 }, SinkState.Fresh, startsAtTail: false, _now);

    private static Cursor At(int slot, long ordinal) => new(new StreamId((ulong)slot), ordinal * 10, ordinal);

    private int? Send(Func<int, SinkOutcome> outcomeOf)
    {
        if (_delivery.TryBegin(_now, [new SlotTail(1, At(1, _tail)), new SlotTail(2, At(2, _tail))]) is not { } plan)
        {
            return null;
        }

        var from = plan.NewestOnly ? _tail - 1 : plan.From.Ordinal;
        var batch = _delivery.Loaded(new EventRead(At(plan.Slot, from), At(plan.Slot, from + 1), 10, DropReason.None), _now)!.Value;
        Assert.Equal(1, batch.Attempt);
        _delivery.Complete(outcomeOf(plan.Slot), _now, jitter: 0);
        return plan.Slot;
    }

    private List<int> SendAll(Func<int, SinkOutcome> outcomeOf) => [.. Enumerable.Range(0, 20).Select(_ => Send(outcomeOf)).TakeWhile(slot => slot is not null).Select(slot => slot!.Value)];

    [Fact]
    public void A_slot_that_may_not_be_sent_now_waits_alone_and_loses_nothing()
    {
        var first = SendAll(slot => slot == 2 ? Held : SinkOutcome.Delivered);
        var accounts = _delivery.Accounts.ToList();
        _now += TimeSpan.FromSeconds(29);
        _tail++;
        var early = SendAll(_ => SinkOutcome.Delivered);
        _now += TimeSpan.FromSeconds(1);
        var later = SendAll(_ => SinkOutcome.Delivered);

        Assert.Equal([1, 1, 1, 2], first.Order());
        Assert.Equal([(3L, 0L), (0L, 3L)], accounts.Select(account => (account.Delivered, account.Pending)));
        Assert.Equal(CircuitState.Closed, _delivery.Circuit.State);
        Assert.Equal([1], early);
        Assert.Equal([2, 2, 2, 2], later);
    }

    [Fact]
    public void A_sink_that_is_taken_to_be_wrong_is_probed_with_another_slots_events()
    {
        for (var step = 0; step < 200 && _delivery.Circuit.State == CircuitState.Closed; step++)
        {
            _tail++;
            Send(_ => new SinkOutcome.Rejected("no"));
            _now += TimeSpan.FromSeconds(1);
        }

        Assert.Equal(CircuitState.Open, _delivery.Circuit.State);
        List<int?> probes = [];
        for (var step = 0; step < 10 && _delivery.Circuit.State != CircuitState.Closed; step++)
        {
            _now = _delivery.NextDeadline is { } due && due > _now ? due : _now + TimeSpan.FromSeconds(1);
            probes.Add(Send(slot => slot == 1 ? Held : SinkOutcome.Delivered));
        }

        Assert.Contains(2, probes);
        Assert.Equal(CircuitState.Closed, _delivery.Circuit.State);
    }
}
