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

    private SinkDelivery _delivery;
    private DateTimeOffset _now = DeliveryRig.Noon;
    private long _tail = 3;

    public HeldSlotSpec() => _delivery = Deliver(SinkPolicies.Custom with { FlushEvents = 1, MaxBatchEvents = 1 });

    private static Cursor At(int slot, long ordinal) => new(new StreamId((ulong)slot), ordinal * 10, ordinal);

    private SinkDelivery Deliver(SinkPolicy policy) => new(policy, SinkState.Fresh, startsAtTail: false, _now);

    private int? Send(Func<int, SinkOutcome> outcomeOf) => SendBatch(range => outcomeOf(range.Slot))?.Range.Slot;

    private (EventRange Range, Settlement? Settlement)? SendBatch(Func<EventRange, SinkOutcome> outcomeOf, int slots = 2)
    {
        SlotTail[] tails = [.. Enumerable.Range(1, slots).Select(slot => new SlotTail(slot, At(slot, _tail)))];
        if (_delivery.TryBegin(_now, tails) is not { } plan)
        {
            return null;
        }

        var from = plan.NewestOnly ? _tail - 1 : plan.From.Ordinal;
        var end = Math.Min(from + plan.MaxEvents, _tail);
        var batch = _delivery.Loaded(new EventRead(At(plan.Slot, from), At(plan.Slot, end), (int)(end - from) * 10, DropReason.None), _now)!.Value;
        Assert.Equal(1, batch.Attempt);
        return (batch.Range, _delivery.Complete(outcomeOf(batch.Range), _now, jitter: 0));
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
    public void A_slot_whose_refused_event_is_open_holds_up_no_other_while_it_may_not_be_sent()
    {
        var outcomes = new Queue<SinkOutcome>([new SinkOutcome.Rejected("no"), Held]);

        var slots = SendAll(_ => outcomes.TryDequeue(out var outcome) ? outcome : SinkOutcome.Delivered);

        Assert.Equal([slots[0], slots[0], .. Enumerable.Repeat(3 - slots[0], 3)], slots);
        Assert.Equal((1L, 3L), (_delivery.Accounts.Sum(account => account.DeadLettered), _delivery.Accounts.Sum(account => account.Delivered)));
    }

    [Fact]
    public void A_slot_whose_refused_event_is_open_is_looked_at_again_when_its_wait_is_over()
    {
        SendBatch(_ => new SinkOutcome.Rejected("no"), slots: 1);
        SendBatch(_ => Held, slots: 1);

        Assert.Equal(_now + TimeSpan.FromSeconds(30), _delivery.NextDeadline);
        Assert.Null(SendBatch(_ => Held, slots: 1));
    }

    [Fact]
    public void Refused_batches_of_two_slots_are_halved_each_by_itself()
    {
        _tail = 8;
        _delivery = Deliver(SinkPolicies.Custom with { FlushEvents = 1, MaxBatchEvents = 8, KeepsBoundsFirst = true });
        var first = SendBatch(_ => new SinkOutcome.Rejected("poison"))!.Value.Range.Slot;
        Assert.Equal(first, Send(_ => Held));
        List<(int Slot, long Ordinal)> letters = [];
        List<int> slots = [];

        for (var step = 0; step < 40; step++)
        {
            while (SendBatch(range => IsPoisoned(range, first) ? new SinkOutcome.Rejected("poison") : SinkOutcome.Delivered) is { } sent)
            {
                slots.Add(sent.Range.Slot);
                letters.AddRange(sent.Settlement!.Value.DeadLetters.Select(letter => (letter.Slot, letter.From.Ordinal + letter.Index)));
            }

            _now = _delivery.NextDeadline ?? _now;
        }

        Assert.Equal([(3 - first, 5L), (first, 3L)], letters);
        Assert.Equal(slots.OrderBy(slot => slot == first), slots);
        Assert.Equal((14L, 0L), (_delivery.Accounts.Sum(account => account.Delivered), _delivery.Pending));
    }

    [Fact]
    public void A_restart_keeps_the_refused_events_of_one_slot_alone_and_those_of_the_other_are_sent_once_more()
    {
        var policy = SinkPolicies.Custom with { FlushEvents = 1, MaxBatchEvents = 1 };
        var first = SendBatch(_ => new SinkOutcome.Rejected("poison"))!.Value.Range.Slot;
        Assert.Equal(first, Send(_ => Held));
        Assert.Equal((3 - first, 0L), SendBatch(_ => new SinkOutcome.Rejected("not now")) is { } refused ? (refused.Range.Slot, refused.Range.Start.Ordinal) : default);
        var kept = _delivery.State;
        _delivery = new SinkDelivery(policy, kept, startsAtTail: false, _now);
        var keptSlot = kept.Suspects!.Lane.Slot;
        List<(bool IsKept, long Ordinal)> letters = [];
        List<(bool IsKept, long Ordinal)> delivered = [];

        while (SendBatch(_ => SinkOutcome.Delivered) is { } sent)
        {
            letters.AddRange(sent.Settlement!.Value.DeadLetters.Select(letter => (letter.Slot == keptSlot, letter.From.Ordinal + letter.Index)));
            delivered.Add((sent.Range.Slot == keptSlot, sent.Range.Start.Ordinal));
        }

        Assert.Equal([(true, 0L)], letters);
        Assert.Equal([(false, 0L), (false, 1L), (false, 2L), (true, 1L), (true, 2L)], delivered.Order());
        Assert.Equal((5L, 1L, 0L), (_delivery.Accounts.Sum(account => account.Delivered), _delivery.Accounts.Sum(account => account.DeadLettered), _delivery.Pending));
    }

    private static bool IsPoisoned(EventRange range, int first) => (range.Slot == first ? 3 : 5) is var poison && range.Start.Ordinal <= poison && poison < range.End.Ordinal;

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
