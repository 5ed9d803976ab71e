using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Tests.Delivery;

public sealed class RejectionSpec
{
    private static readonly SinkPolicy Policy = SinkPolicies.EventLog with { Circuit = CircuitPolicy.Remote, MaxBatchEvents = 8 };

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_refused_batch_is_halved_down_to_the_one_event_and_the_rest_is_delivered(int poison)
    {
        var rig = new DeliveryRig(Policy);
        rig.Append(8);

        var letters = SendAll(rig, range => range.Start.Ordinal <= poison && poison < range.End.Ordinal);

        var letter = Assert.Single(letters);
        Assert.Equal(poison, letter.From.Ordinal + letter.Index);
        Assert.Equal(7, rig.Account.Delivered);
        Assert.Equal(1, rig.Account.DeadLettered);
        Assert.Equal(0, rig.Delivery.Circuit.FailuresInARow);
    }

    [Fact]
    public void Refused_items_of_a_delivered_batch_become_dead_letters_at_once()
    {
        var rig = new DeliveryRig(Policy);
        rig.Append(8);
        rig.Begin();

        var settlement = rig.End(new SinkOutcome.PartlyDelivered([new RejectedItem(2, "bad"), new RejectedItem(5, "worse")]));

        Assert.Equal([2, 5], settlement!.Value.DeadLetters.Select(letter => letter.Index));
        Assert.Equal(6, rig.Account.Delivered);
        Assert.Equal(2, rig.Account.DeadLettered);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(-1)]
    public void An_answer_that_refuses_an_event_outside_the_batch_settles_none_of_it(int index)
    {
        var rig = new DeliveryRig(Policy);
        rig.Append(8);
        rig.Begin();

        var settlement = rig.End(new SinkOutcome.PartlyDelivered([new RejectedItem(2, "bad"), new RejectedItem(index, "no event")]));

        Assert.Equal((Verdict.Repeated, "the sink refused an event that is not in the batch"), (settlement!.Value.Verdict, settlement.Value.Cause));
        Assert.Equal((0, 0, 8), (rig.Account.Delivered, rig.Account.DeadLettered, rig.Account.Pending));
        Assert.Equal(1, rig.Delivery.Circuit.FailuresInARow);
    }

    [Fact]
    [Trait("Feature", "D.8")]
    public void What_a_privacy_policy_holds_back_is_dropped_and_no_dead_letter()
    {
        var rig = new DeliveryRig(Policy);
        rig.Append(8);
        rig.Begin();

        var settlement = rig.End(new SinkOutcome.PartlyDelivered([new RejectedItem(0, "e-mail", DropReason.Privacy)]));

        Assert.Empty(settlement!.Value.DeadLetters);
        Assert.Equal(1, rig.Account.Dropped[DropReason.Privacy]);
        Assert.Equal(7, rig.Account.Delivered);
    }

    [Fact]
    public void Twenty_rejections_in_a_row_are_the_sinks_fault_and_lose_nothing()
    {
        var rig = AtFault();

        Assert.Equal(CircuitState.Open, rig.Delivery.Circuit.State);
        Assert.True(rig.Delivery.Circuit.IsMisconfigured);
        Assert.Equal(0, rig.Account.DeadLettered);
        Assert.Equal(1000, rig.Account.Pending);
    }

    [Fact]
    public void The_probe_of_a_sink_at_fault_sends_the_newest_event_and_its_refusal_opens_again()
    {
        var rig = AtFault();
        rig.Now = rig.Now.AddHours(6);

        var probe = rig.Begin();
        rig.End(new SinkOutcome.Rejected("still"));

        Assert.Equal(DeliveryRig.At(999), probe?.Range.Start);
        Assert.Equal(1, probe?.Range.Count);
        Assert.Equal(CircuitState.Open, rig.Delivery.Circuit.State);
        Assert.Equal(1000, rig.Account.Pending);
    }

    [Fact]
    public void A_newest_event_that_is_taken_makes_the_run_poison_and_is_not_sent_again()
    {
        var rig = AtFault();
        rig.Restart();
        rig.Now = rig.Now.AddHours(6);
        var run = rig.Delivery.State.Suspects!.Refusals.Count;

        Assert.True(rig.Begin()?.IsProbe);
        var settlement = rig.End(SinkOutcome.Delivered);
        var sent = new List<long>();
        while (rig.Begin() is { } batch)
        {
            sent.AddRange(Enumerable.Range(0, batch.Range.Count).Select(index => batch.Range.Start.Ordinal + index));
            rig.End(SinkOutcome.Delivered);
        }

        Assert.Equal(run, settlement!.Value.DeadLetters.Count);
        Assert.Equal(Enumerable.Range(run, 999 - run).Select(ordinal => (long)ordinal), sent);
        Assert.Equal(1000 - run, rig.Account.Delivered);
        Assert.Equal(run, rig.Account.DeadLettered);
        Assert.True(rig.Account.IsBalanced);
    }

    [Fact]
    public void A_reset_tries_the_refused_events_again()
    {
        var rig = AtFault();

        rig.Delivery.Reset();
        SendAll(rig, _ => false);

        Assert.Equal(1000, rig.Account.Delivered);
    }

    [Fact]
    public void A_lone_refused_event_does_not_wait_for_another()
    {
        var rig = new DeliveryRig(Policy);
        rig.Append(1);

        var letters = SendAll(rig, _ => true);

        Assert.Single(letters);
        Assert.Equal(0, rig.Account.Pending);
    }

    [Fact]
    [Trait("Feature", "S4.13")]
    public void What_needed_no_request_stays_open_with_the_refusals_around_it()
    {
        var rig = new DeliveryRig(Policy);
        rig.Append(24);
        rig.Send(Unproven(1, 6));
        rig.Send(Unproven());
        rig.Restart();

        var open = (rig.Account.Delivered, rig.Account.Pending);
        rig.Begin();
        var settlement = rig.End(SinkOutcome.Delivered);

        Assert.Equal((0L, 24L), open);
        Assert.Equal([1, 6], settlement!.Value.DeadLetters.Select(letter => letter.Index));
        Assert.Equal((22L, 2L, true), (rig.Account.Delivered, rig.Account.DeadLettered, rig.Account.IsBalanced));
    }

    [Fact]
    [Trait("Feature", "S4.13")]
    public void A_probe_that_needed_no_request_closes_nothing_and_the_next_batch_is_the_probe()
    {
        var rig = new DeliveryRig(Policy);
        rig.Append(16);
        rig.Send(new SinkOutcome.Misconfigured("401"));
        rig.Now = rig.Now.AddHours(6);

        var first = rig.Send(Unproven());
        var state = rig.Delivery.Circuit.State;
        var second = rig.Send(SinkOutcome.Delivered);

        Assert.Equal((true, true, CircuitState.Open), (first.IsProbe, second.IsProbe, state));
        Assert.Equal((16L, CircuitState.Closed), (rig.Account.Delivered, rig.Delivery.Circuit.State));
    }

    [Fact]
    [Trait("Feature", "S4.13")]
    public void A_newest_event_that_needed_no_request_decides_nothing_and_what_is_there_goes_in_its_order()
    {
        var rig = AtFault();
        rig.Now = rig.Now.AddHours(6);

        var front = rig.Delivery.State.Suspects!.End.Ordinal;

        var newest = rig.Send(Unproven());
        var next = rig.Begin();

        Assert.Equal((999L, front, true), (newest.Range.Start.Ordinal, next?.Range.Start.Ordinal, next?.IsProbe));
    }

    [Fact]
    [Trait("Feature", "S4.19")]
    public void A_batch_that_is_done_in_part_comes_again_in_two_and_is_no_failure()
    {
        var rig = new DeliveryRig(Policy);
        rig.Append(8);

        var settlement = rig.Begin() is null ? null : rig.End(new SinkOutcome.Unfinished(3));
        var parts = new[] { rig.Send(SinkOutcome.Delivered), rig.Send(SinkOutcome.Delivered) };

        Assert.Equal((Verdict.Deferred, null), (settlement?.Verdict, settlement?.Cause));
        Assert.Equal([(0L, 3), (3L, 5)], parts.Select(part => (part.Range.Start.Ordinal, part.Range.Count)));
        Assert.Equal((8L, 0), (rig.Account.Delivered, rig.Delivery.Circuit.FailuresInARow));
    }

    [Fact]
    public void A_newest_event_that_ends_a_halved_batch_keeps_nothing_back_that_comes_after_it()
    {
        var rig = new DeliveryRig(Policy with { MaxRejectionsInARow = 4 });
        rig.Append(8);
        Assert.Equal([8, 4, 2, 1], Enumerable.Range(0, 4).Select(_ => rig.Send(new SinkOutcome.Rejected("400")).Range.Count));
        rig.Now = rig.Now.AddHours(6);
        Assert.True(rig.Send(SinkOutcome.Delivered).IsProbe);
        SendAll(rig, _ => false);

        rig.Append(8);
        SendAll(rig, _ => false);

        Assert.Equal((15L, 1L, 0L), (rig.Account.Delivered, rig.Account.DeadLettered, rig.Account.Pending));
    }

    private static SinkOutcome.PartlyDelivered Unproven(params int[] refused) =>
        new([.. refused.Select(index => new RejectedItem(index, "400"))]) { IsProof = false };

    private static DeliveryRig AtFault()
    {
        var rig = new DeliveryRig(Policy);
        rig.Append(1000);
        var rejections = 0;
        while (rig.Begin() is not null)
        {
            rig.End(new SinkOutcome.Rejected("400"));
            rejections++;
        }

        Assert.Equal(20, rejections);
        return rig;
    }

    private static List<DeadLetter> SendAll(DeliveryRig rig, Func<EventRange, bool> refuses)
    {
        List<DeadLetter> letters = [];
        while (rig.Begin() is { } batch)
        {
            letters.AddRange(rig.End(refuses(batch.Range) ? new SinkOutcome.Rejected("poison") : SinkOutcome.Delivered)!.Value.DeadLetters);
        }

        return letters;
    }
}
