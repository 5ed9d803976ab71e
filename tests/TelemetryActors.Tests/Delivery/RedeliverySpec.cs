using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Tests.Delivery;

public sealed class RedeliverySpec
{
    private static readonly SinkPolicy Policy = SinkPolicies.EventLog with { Circuit = CircuitPolicy.Remote, MaxBatchEvents = 8 };

    [Fact]
    public void A_replay_ends_where_it_should_and_leaves_the_cursor()
    {
        var rig = Delivered(40);

        rig.Delivery.Redeliveries.Add(Replay(10, 30));
        var sent = SendAll(rig);

        Assert.Equal(["10-18", "18-26", "26-30"], sent);
        Assert.Equal(40, rig.Account.Cursor.Ordinal);
        Assert.Equal(20, rig.Delivery.Redeliveries.Totals.Delivered);
        Assert.Equal(20, rig.Delivery.Redeliveries.Totals.Replayed);
        AssertBalanced(rig);
    }

    [Fact]
    public void New_events_and_a_replay_take_turns()
    {
        var rig = Delivered(40);
        rig.Delivery.Redeliveries.Add(Replay(0, 24));
        rig.Append(24);

        var sent = SendAll(rig);

        Assert.Equal(["0-8", "40-48", "8-16", "48-56", "16-24", "56-64"], sent);
    }

    [Fact]
    public void A_hurry_sends_new_events_first()
    {
        var rig = Delivered(40);
        rig.Delivery.Redeliveries.Add(Replay(0, 24));
        rig.Append(8);

        var batch = rig.Begin(hurry: true);

        Assert.Equal(BatchOrigin.Live, batch?.Range.Lane.Origin);
    }

    [Fact]
    public void A_stretch_whose_bounds_are_known_goes_as_one_batch_whatever_the_limits()
    {
        var rig = Delivered(40);

        rig.Delivery.Redeliveries.Add(Redelivery.Replay(1, DeliveryRig.At(3), DeliveryRig.At(33), isWhole: true));

        Assert.Equal(["3-33"], SendAll(rig));
    }

    [Theory]
    [InlineData(3, 20)]
    [InlineData(10, 33)]
    public void A_stretch_whose_bounds_are_known_and_that_is_not_whole_any_more_is_given_up_and_counted(int from, int to)
    {
        var rig = Delivered(40);
        rig.Delivery.Redeliveries.Add(Redelivery.Replay(1, DeliveryRig.At(3), DeliveryRig.At(33), isWhole: true));
        var plan = rig.Delivery.TryBegin(rig.Now, [new SlotTail(1, DeliveryRig.At(40))]);

        var batch = rig.Delivery.Loaded(new EventRead(DeliveryRig.At(from), DeliveryRig.At(to), 100, DropReason.BacklogLimit), rig.Now);

        Assert.NotNull(plan);
        Assert.Null(batch);
        Assert.Equal(30, rig.Delivery.Redeliveries.Totals.Dropped[DropReason.Skipped]);
        AssertBalanced(rig);
    }

    [Fact]
    public void The_sink_is_asked_for_its_bounds_before_a_replay_begins_and_again_no_sooner_than_its_flush_interval()
    {
        var rig = Delivered(40, Policy with { FlushInterval = TimeSpan.FromMinutes(1) });
        var time = new ReplayTime(DeliveryRig.Noon.AddHours(-1), DeliveryRig.Noon);
        rig.Delivery.Redeliveries.Add(Replay(10, 30) with { BoundsWanted = time });

        Assert.Null(rig.Begin());
        Assert.Equal(time, rig.Delivery.BoundsWanted(rig.Now)?.Time);
        rig.Delivery.BoundsUnknown(rig.Now);
        Assert.Null(rig.Delivery.BoundsWanted(rig.Now.AddSeconds(59)));
        Assert.Equal(time, rig.Delivery.BoundsWanted(rig.Now.AddSeconds(60))?.Time);
        rig.Delivery.Redeliveries.BoundsFound([new EventRange(1, DeliveryRig.At(5), DeliveryRig.At(25))]);

        Assert.Null(rig.Delivery.BoundsWanted(rig.Now.AddHours(1)));
        Assert.Equal(["5-25", "25-30"], SendAll(rig));
        Assert.Equal(25, rig.Delivery.Redeliveries.Totals.Replayed);
        AssertBalanced(rig);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dead_letters_pass_a_replay_that_waits_for_its_bounds(bool isRestarted)
    {
        var rig = Delivered(40);
        rig.Delivery.Redeliveries.Add(Replay(10, 30) with { BoundsWanted = new ReplayTime(DeliveryRig.Noon.AddHours(-1), DeliveryRig.Noon) });
        rig.Delivery.BoundsUnknown(rig.Now);
        rig.Delivery.Redeliveries.Add(Redelivery.DeadLetters(DeliveryRig.At(0), DeliveryRig.At(3)));
        if (isRestarted)
        {
            rig.Restart();
        }

        Assert.Equal(["0-3"], SendAll(rig));

        rig.Delivery.Redeliveries.BoundsFound([]);
        Assert.Equal(["10-18", "18-26", "26-30"], SendAll(rig));
        AssertBalanced(rig);
    }

    [Fact]
    public void A_replay_whose_bounds_may_not_be_asked_for_is_given_up_and_the_next_one_goes()
    {
        var rig = Delivered(40);
        var time = new ReplayTime(DeliveryRig.Noon.AddHours(-1), DeliveryRig.Noon);
        rig.Delivery.Redeliveries.Add(Replay(10, 30) with { BoundsWanted = time });
        rig.Delivery.Redeliveries.Add(Replay(0, 5) with { BoundsWanted = time with { To = DeliveryRig.Noon.AddMinutes(-1) } });

        Assert.Equal(20, rig.Delivery.BoundsRefused());
        rig.Delivery.Redeliveries.BoundsFound([]);

        Assert.Equal(["0-5"], SendAll(rig));
        Assert.Equal(20, rig.Delivery.Redeliveries.Totals.Dropped[DropReason.Skipped]);
        AssertBalanced(rig);
    }

    [Fact]
    public void Bounds_that_are_still_being_told_are_asked_for_again_in_a_moment()
    {
        var rig = Delivered(40, Policy with { FlushInterval = TimeSpan.FromMinutes(15) });
        var time = new ReplayTime(DeliveryRig.Noon.AddHours(-1), DeliveryRig.Noon);
        rig.Delivery.Redeliveries.Add(Replay(10, 30) with { BoundsWanted = time });

        rig.Delivery.BoundsUnfinished(rig.Now);

        Assert.Null(rig.Delivery.BoundsWanted(rig.Now));
        Assert.Equal(time, rig.Delivery.BoundsWanted(rig.Now.AddSeconds(1))?.Time);
    }

    [Fact]
    public void The_sink_is_asked_once_for_all_slots_of_a_replay()
    {
        var rig = Delivered(40);
        var time = new ReplayTime(DeliveryRig.Noon.AddHours(-1), DeliveryRig.Noon);
        rig.Delivery.Redeliveries.Add(Replay(10, 20) with { BoundsWanted = time });
        rig.Delivery.Redeliveries.Add(Replay(20, 25) with { BoundsWanted = time });

        rig.Delivery.Redeliveries.BoundsFound([]);

        Assert.Null(rig.Delivery.BoundsWanted(rig.Now));
        Assert.Equal(["10-18", "18-20", "20-25"], SendAll(rig));
    }

    [Fact]
    public void A_question_of_a_cancelled_replay_is_not_that_of_the_next_one_of_the_same_time()
    {
        var rig = Delivered(40);
        var time = new ReplayTime(DeliveryRig.Noon.AddHours(-1), DeliveryRig.Noon);
        rig.Delivery.Redeliveries.Add(Replay(10, 20) with { BoundsWanted = time });
        var first = rig.Delivery.BoundsWanted(rig.Now)!;
        Assert.Same(first, rig.Delivery.BoundsWanted(rig.Now));
        Assert.True(rig.Delivery.CancelRedeliveries());
        rig.Delivery.Redeliveries.Add(Replay(10, 30) with { BoundsWanted = time });

        var second = rig.Delivery.BoundsWanted(rig.Now)!;

        Assert.False(rig.Delivery.Redeliveries.Awaits(first));
        Assert.True(rig.Delivery.Redeliveries.Awaits(second));
        rig.Delivery.Redeliveries.BoundsFound([]);
        Assert.False(rig.Delivery.Redeliveries.Awaits(second));
    }

    [Fact]
    public void An_open_circuit_is_not_asked_for_bounds()
    {
        var rig = Delivered(40);
        rig.Append(1);
        rig.Send(new SinkOutcome.Misconfigured("401"));
        rig.Delivery.Redeliveries.Add(Replay(10, 30) with { BoundsWanted = new ReplayTime(rig.Now, rig.Now) });

        Assert.Null(rig.Delivery.BoundsWanted(rig.Now.AddHours(5)));

        Assert.NotNull(rig.Delivery.BoundsWanted(rig.Now.AddHours(6)));
    }

    [Fact]
    public void A_replay_goes_on_after_a_restart_with_the_batch_of_unknown_outcome()
    {
        var rig = Delivered(40);
        rig.Delivery.Redeliveries.Add(Replay(10, 30));
        rig.Send(SinkOutcome.Delivered);
        rig.Begin();

        rig.Restart();

        Assert.Equal(["18-26", "26-30"], SendAll(rig));
        AssertBalanced(rig);
    }

    [Fact]
    public void Two_replays_go_one_after_the_other()
    {
        var rig = Delivered(40);

        rig.Delivery.Redeliveries.Add(Replay(20, 24));
        rig.Delivery.Redeliveries.Add(Replay(0, 4));
        rig.Restart();

        Assert.Equal(["20-24", "0-4"], SendAll(rig));
    }

    [Fact]
    public void What_is_gone_of_a_replay_is_counted_and_the_rest_is_sent()
    {
        var rig = Delivered(40);
        rig.Floor = 15;

        rig.Delivery.Redeliveries.Add(Replay(10, 20));
        rig.Delivery.Redeliveries.Add(Replay(0, 5));
        var sent = SendAll(rig);

        Assert.Equal(["15-20"], sent);
        Assert.Equal(10, rig.Delivery.Redeliveries.Totals.Dropped[DropReason.Overwritten]);
        Assert.Equal(0, rig.Delivery.Pending);
        AssertBalanced(rig);
    }

    [Fact]
    public void A_stretch_that_the_sink_has_as_a_whole_is_not_sent_without_its_beginning()
    {
        var rig = Delivered(40);
        rig.Floor = 15;

        rig.Delivery.Redeliveries.Add(Redelivery.Replay(1, DeliveryRig.At(10), DeliveryRig.At(20), isWhole: true));
        rig.Delivery.Redeliveries.Add(Redelivery.Replay(1, DeliveryRig.At(20), DeliveryRig.At(30), isWhole: true));
        var sent = SendAll(rig);

        Assert.Equal(["20-30"], sent);
        Assert.Equal(10, rig.Delivery.Redeliveries.Totals.Dropped[DropReason.Skipped]);
        Assert.Equal(0, rig.Delivery.Pending);
        AssertBalanced(rig);
    }

    [Fact]
    public void A_stretch_that_the_sink_has_as_a_whole_is_not_sent_without_what_is_gone_of_its_middle()
    {
        var rig = Delivered(40);
        rig.Gap = 15;

        rig.Delivery.Redeliveries.Add(Redelivery.Replay(1, DeliveryRig.At(10), DeliveryRig.At(20), isWhole: true));
        var sent = SendAll(rig);

        Assert.Empty(sent);
        Assert.Equal(10, rig.Delivery.Redeliveries.Totals.Dropped[DropReason.Skipped]);
        AssertBalanced(rig);
    }

    [Fact]
    public void A_replay_of_a_stream_that_is_gone_is_counted_and_ends()
    {
        var rig = Delivered(40);

        rig.Delivery.Redeliveries.Add(Redelivery.Replay(1, new Cursor(new StreamId(99), 0, 0), new Cursor(new StreamId(99), 100, 10)));
        SendAll(rig);

        Assert.Equal(10, rig.Delivery.Redeliveries.Totals.Dropped.Total);
        Assert.Equal(0, rig.Delivery.Pending);
    }

    [Fact]
    public void A_cancelled_replay_counts_what_was_left_as_skipped()
    {
        var rig = Delivered(40);
        rig.Delivery.Redeliveries.Add(Replay(10, 30));
        rig.Delivery.Redeliveries.Add(Replay(0, 5));
        rig.Send(SinkOutcome.Delivered);
        Assert.NotNull(rig.Begin());
        Assert.False(rig.Delivery.CancelRedeliveries());
        rig.End(new SinkOutcome.Retry("down"));

        Assert.True(rig.Delivery.CancelRedeliveries());

        Assert.Equal(17, rig.Delivery.Redeliveries.Totals.Dropped[DropReason.Skipped]);
        Assert.Equal(0, rig.Delivery.Pending);
        Assert.Null(rig.Begin());
        AssertBalanced(rig);
    }

    [Fact]
    public void A_refused_batch_of_a_replay_is_halved_like_any_other()
    {
        var rig = Delivered(40);
        rig.Delivery.Redeliveries.Add(Redelivery.Replay(1, DeliveryRig.At(0), DeliveryRig.At(30), isWhole: true));
        List<DeadLetter> letters = [];

        while (rig.Begin() is { } batch)
        {
            var isPoison = batch.Range.Start.Ordinal <= 11 && 11 < batch.Range.End.Ordinal;
            letters.AddRange(rig.End(isPoison ? new SinkOutcome.Rejected("poison") : SinkOutcome.Delivered)!.Value.DeadLetters);
        }

        var letter = Assert.Single(letters);
        Assert.Equal((1, 11L), (letter.Slot, letter.From.Ordinal + letter.Index));
        Assert.Equal((29L, 1L), (rig.Delivery.Redeliveries.Totals.Delivered, rig.Delivery.Redeliveries.Totals.DeadLettered));
        AssertBalanced(rig);
    }

    [Fact]
    public void Twenty_rejections_in_a_replay_are_the_sinks_fault_until_another_event_is_taken()
    {
        var rig = Delivered(40);
        rig.Delivery.Redeliveries.Add(Redelivery.Replay(1, DeliveryRig.At(0), DeliveryRig.At(40)));
        while (rig.Begin() is not null)
        {
            rig.End(new SinkOutcome.Rejected("400"));
        }

        Assert.True(rig.Delivery.Circuit.IsMisconfigured);
        rig.Now = rig.Now.AddHours(6);
        var probe = rig.Begin();
        var settlement = rig.End(SinkOutcome.Delivered);

        Assert.Equal((true, 1), (probe?.IsProbe, probe?.Range.Count));
        Assert.NotEmpty(settlement!.Value.DeadLetters);
        SendAll(rig);
        Assert.Equal(40, rig.Delivery.Redeliveries.Totals.Delivered + rig.Delivery.Redeliveries.Totals.DeadLettered);
        AssertBalanced(rig);
    }

    [Fact]
    public void A_replay_that_is_refused_is_no_vote_against_a_sink_that_takes_what_is_new()
    {
        var rig = Delivered(40).Appended(1);
        rig.Send(SinkOutcome.Delivered);
        rig.Delivery.Redeliveries.Add(Replay(0, 40));
        while (rig.Begin() is not null)
        {
            rig.End(new SinkOutcome.Rejected("400"));
        }

        Assert.Equal((CircuitState.Closed, 0), (rig.Delivery.Circuit.State, rig.Delivery.State.RejectionsInARow));
        Assert.Equal(40, rig.Delivery.Redeliveries.Totals.DeadLettered);
        AssertBalanced(rig);
    }

    [Fact]
    public void A_replay_that_is_refused_counts_once_what_is_new_is_refused_too()
    {
        var rig = Delivered(40).Appended(1);
        rig.Send(SinkOutcome.Delivered);
        rig.Delivery.Redeliveries.Add(Replay(0, 40));
        rig.Append(1);
        while (rig.Begin() is not null)
        {
            rig.End(new SinkOutcome.Rejected("400"));
        }

        Assert.True(rig.Delivery.Circuit.IsMisconfigured);
        AssertBalanced(rig);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void Dead_letters_put_back_that_are_refused_again_are_letters_at_once_and_no_vote_against_the_sink()
    {
        var rig = Delivered(40);
        rig.Delivery.Redeliveries.Add(Redelivery.DeadLetters(DeliveryRig.At(0), DeliveryRig.At(30)));
        var mostWaiting = 0;
        while (rig.Begin() is not null)
        {
            rig.End(new SinkOutcome.Rejected("400"));
            mostWaiting = Math.Max(mostWaiting, rig.Delivery.State.Suspects?.Refusals.Count ?? 0);
        }

        Assert.Equal((CircuitState.Closed, 0, 0), (rig.Delivery.Circuit.State, rig.Delivery.State.RejectionsInARow, mostWaiting));
        Assert.Equal((0L, 0L, 0L), Counts(rig));
        AssertBalanced(rig);
        rig.Append(8);
        Assert.Equal(["40-48"], SendAll(rig));
    }

    [Fact]
    public void Dead_letters_put_back_are_pending_and_then_delivered_and_accepted_only_once()
    {
        var rig = Delivered(40);
        rig.Delivery.Redeliveries.Add(Redelivery.DeadLetters(DeliveryRig.At(0), DeliveryRig.At(3)));

        Assert.Equal((3L, -3L, 0L), Counts(rig));
        Assert.Equal(["0-3"], SendAll(rig));

        Assert.Equal((0L, -3L, 0L), Counts(rig));
        Assert.Equal(3, rig.Delivery.Redeliveries.Totals.Delivered);
        AssertBalanced(rig);
    }

    [Fact]
    [Trait("Feature", "S1.15")]
    [Trait("Feature", "SK.9")]
    public void Dead_letters_put_back_that_an_outage_stops_are_dead_letters_again_where_new_events_are_discarded()
    {
        var rig = Delivered(40, Discarding);
        rig.Delivery.Redeliveries.Add(Redelivery.DeadLetters(DeliveryRig.At(0), DeliveryRig.At(3)));

        var settlement = Exhaust(rig);

        Assert.Equal(Verdict.SetAside, settlement.Verdict);
        Assert.Equal(
            [(0, 0L, 0, "500", 2), (0, 0L, 1, "500", 2), (0, 0L, 2, "500", 2)],
            settlement.DeadLetters.Select(letter => (letter.Slot, letter.From.Ordinal, letter.Index, letter.Reason, letter.Attempt)));
        Assert.All(settlement.DeadLetters, letter => Assert.Equal(BatchOrigin.DeadLetters, letter.Origin));
        Assert.Equal((0L, 0L, 0L), Counts(rig));
        Assert.Equal(0, rig.Delivery.Redeliveries.Totals.Dropped.Total);
        AssertBalanced(rig);
    }

    [Fact]
    [Trait("Feature", "S1.15")]
    public void A_replay_that_an_outage_stops_becomes_dead_letters_where_new_events_are_discarded()
    {
        var rig = Delivered(40, Discarding);
        rig.Delivery.Redeliveries.Add(Replay(10, 30));

        var settlement = Exhaust(rig);

        Assert.Equal((Verdict.SetAside, 8), (settlement.Verdict, settlement.DeadLetters.Count));
        Assert.Equal([(1, 10L, 0), (1, 10L, 1)], settlement.DeadLetters.Take(2).Select(letter => (letter.Slot, letter.From.Ordinal, letter.Index)));
        rig.Now += TimeSpan.FromHours(6);
        Assert.Equal(["18-26", "26-30"], SendAll(rig));
        var totals = rig.Delivery.Redeliveries.Totals;
        Assert.Equal((20L, 12L, 8L, 0L), (totals.Replayed, totals.Delivered, totals.DeadLettered, totals.Dropped.Total));
        AssertBalanced(rig);
    }

    [Fact]
    public void What_was_put_back_waits_behind_a_circuit_that_opens()
    {
        var rig = Delivered(40, Discarding with { MaxBatchEvents = 1 });
        rig.Delivery.Redeliveries.Add(Redelivery.DeadLetters(DeliveryRig.At(0), DeliveryRig.At(5)));

        var letters = 0;
        for (var batch = 0; batch < 3; batch++)
        {
            letters += Exhaust(rig).DeadLetters.Count;
        }

        Assert.Equal((3, CircuitState.Open), (letters, rig.Delivery.Circuit.State));
        Assert.Null(rig.Begin());
        Assert.Equal(2, rig.Delivery.Pending);
        AssertBalanced(rig);
    }

    [Fact]
    public void What_was_put_back_keeps_its_bounds_and_no_letters_where_bounds_name_what_is_stored()
    {
        var rig = Delivered(40, Discarding with { KeepsBoundsFirst = true });
        rig.Delivery.Redeliveries.Add(Replay(10, 18));

        var settlement = Exhaust(rig);

        Assert.Equal((Verdict.Kept, 0), (settlement.Verdict, settlement.DeadLetters.Count));
        rig.Now += TimeSpan.FromHours(6);
        Assert.Equal(["10-18"], SendAll(rig));
        AssertBalanced(rig);
    }

    private static SinkPolicy Discarding { get; } = SinkPolicies.Upload with { MaxBatchEvents = 8, MaxBatchBytes = 1000, DrainPace = TimeSpan.Zero };

    // Until the upload has used its two attempts.
    private static Settlement Exhaust(DeliveryRig rig)
    {
        Assert.NotNull(rig.Begin());
        Assert.Equal(Verdict.Repeated, rig.End(new SinkOutcome.Retry("500"))!.Value.Verdict);
        rig.Now = rig.Delivery.NextDeadline!.Value;
        Assert.NotNull(rig.Begin());
        return rig.End(new SinkOutcome.Retry("500"))!.Value;
    }

    private static (long Pending, long Dead, long Accepted) Counts(DeliveryRig rig) => (
        rig.Delivery.Redeliveries.Accounts.Sum(account => account.Pending),
        rig.Delivery.Redeliveries.Accounts.Sum(account => account.DeadLettered),
        rig.Delivery.Redeliveries.Accounts.Sum(account => account.Accepted));

    private static Redelivery Replay(long from, long to) => Redelivery.Replay(1, DeliveryRig.At(from), DeliveryRig.At(to));

    private static DeliveryRig Delivered(int events, SinkPolicy? policy = null)
    {
        var rig = new DeliveryRig((policy ?? Policy) with { MaxBatchEvents = events });
        rig.Append(events);
        rig.Begin(hurry: true);
        rig.End(SinkOutcome.Delivered);
        return new DeliveryRig(policy ?? Policy, rig.Delivery.State).Appended(events);
    }

    private static List<string> SendAll(DeliveryRig rig)
    {
        List<string> sent = [];
        do
        {
            if (rig.Begin() is { } batch)
            {
                sent.Add($"{batch.Range.Start.Ordinal}-{batch.Range.End.Ordinal}");
                rig.End(SinkOutcome.Delivered);
            }
        }
        while (rig.Delivery.NextDeadline <= rig.Now);

        return sent;
    }

    private static void AssertBalanced(DeliveryRig rig) =>
        Assert.All(rig.Delivery.Accounts.Concat(rig.Delivery.Redeliveries.Accounts), account => Assert.True(account.IsBalanced, account.ToString()));
}
