using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Tests.Delivery;

public sealed class SinkDeliverySpec
{
    private static readonly DateTimeOffset Noon = DeliveryRig.Noon;
    private static readonly SinkOutcome Down = new SinkOutcome.Retry("down");

    [Fact]
    [Trait("Feature", "S2.5")]
    public void Fifty_events_make_a_batch()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload);

        rig.Append(49);
        Assert.Null(rig.Begin());
        rig.Append(1);

        Assert.Equal(50, rig.Begin()?.Range.Count);
    }

    [Fact]
    [Trait("Feature", "S2.5")]
    public void Fewer_go_after_thirty_seconds_and_no_earlier()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload);
        rig.Append(3);
        rig.Begin();

        Assert.Equal(Noon.AddSeconds(30), rig.Delivery.NextDeadline);
        rig.Now = Noon.AddSeconds(30).AddTicks(-1);
        Assert.Null(rig.Begin());
        rig.Now = Noon.AddSeconds(30);

        Assert.Equal(3, rig.Begin()?.Range.Count);
    }

    [Fact]
    [Trait("Feature", "S2.4")]
    public void A_hundred_events_are_the_most_in_a_batch()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload);

        rig.Append(250);

        Assert.Equal([100, 100, 50], Sizes(rig, 3));
    }

    [Fact]
    [Trait("Feature", "S2.4")]
    public void Positions_at_which_nothing_stands_fill_no_batch()
    {
        const long Jump = 1L << 40;
        var delivery = new SinkDelivery(SinkPolicies.Upload, SinkState.Fresh, startsAtTail: false, Noon);
        var tail = new SlotTail(1, DeliveryRig.At(3) with { Position = (3 * DeliveryRig.EventBytes) + Jump }) { Gaps = [new PositionGap(DeliveryRig.EventBytes, DeliveryRig.EventBytes + Jump)] };

        var atOnce = delivery.TryBegin(Noon, [tail]);
        var waiting = Assert.Single(delivery.Accounts);
        var inTime = delivery.TryBegin(Noon + SinkPolicies.Upload.FlushInterval, [tail]);

        Assert.Equal((3, 3 * DeliveryRig.EventBytes), (waiting.Pending, waiting.PendingBytes));
        Assert.Null(atOnce);
        Assert.NotNull(inTime);
    }

    [Fact]
    [Trait("Feature", "S1.6")]
    public void A_slot_that_cannot_be_read_holds_up_no_other()
    {
        var delivery = new SinkDelivery(SinkPolicies.EventLog, SinkState.Fresh, startsAtTail: false, Noon);
        SlotTail[] tails = [new SlotTail(1, DeliveryRig.At(3)), new SlotTail(2, DeliveryRig.At(3))];
        var first = delivery.TryBegin(Noon, tails, hurry: true)!.Value;

        delivery.ReadFailed(Noon);
        var second = delivery.TryBegin(Noon, tails, hurry: true)!.Value;

        Assert.NotEqual(first.Slot, second.Slot);
        delivery.ReadFailed(Noon);
        Assert.Null(delivery.TryBegin(Noon, tails, hurry: true));
        Assert.NotNull(delivery.TryBegin(Noon.AddSeconds(2), tails, hurry: true));
    }

    [Fact]
    [Trait("Feature", "S1.6")]
    public void What_waits_for_a_slot_that_is_no_more_is_missing()
    {
        var delivery = new SinkDelivery(SinkPolicies.EventLog, SinkState.Fresh, startsAtTail: false, Noon);
        delivery.TryBegin(Noon, [new SlotTail(1, DeliveryRig.At(3))], hurry: true);

        Assert.Null(delivery.Loaded(new EventRead(default, default, 0, DropReason.Missing), Noon));

        var account = Assert.Single(delivery.Accounts);
        Assert.Equal((3L, 0L, true), (account.Dropped[DropReason.Missing], account.Pending, account.IsBalanced));
    }

    [Fact]
    [Trait("Feature", "S1.16")]
    [Trait("Feature", "S1.15")]
    [Trait("Feature", "D.1")]
    public void A_discarding_sink_tries_twice_five_seconds_apart_and_drops_the_batch()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload);
        rig.Append(50);

        rig.Send(Down);
        Assert.Equal(Noon.AddSeconds(5), rig.Delivery.NextDeadline);
        Assert.Null(rig.Begin());
        rig.Now = Noon.AddSeconds(5);
        var second = rig.Send(Down);

        Assert.Equal(2, second.Attempt);
        Assert.Equal(50, rig.Account.Dropped[DropReason.Discarded]);
        Assert.Equal(0, rig.Account.Pending);
    }

    [Fact]
    [Trait("Feature", "D.1")]
    public void A_keeping_sink_uploads_the_same_bounds_again_no_sooner_than_its_flush_interval()
    {
        var rig = new DeliveryRig(SinkPolicies.Remote with { FlushEvents = 10 });
        rig.Append(10);
        var first = rig.Send(Down);
        rig.Now = Noon.AddSeconds(5);
        rig.Send(Down);
        rig.Append(30);

        Assert.Equal(Noon.AddSeconds(65), rig.Delivery.NextDeadline);
        rig.Now = Noon.AddSeconds(65);
        var third = rig.Begin();

        Assert.Equal(first.Range, third?.Range);
        Assert.Equal(3, third?.Attempt);
    }

    [Fact]
    [Trait("Feature", "S2.70")]
    [Trait("Feature", "D.1")]
    public void A_custom_sink_has_three_attempts_after_one_and_two_seconds()
    {
        var rig = new DeliveryRig(SinkPolicies.Custom);
        rig.Append(50);
        List<double> waits = [];

        for (var attempt = 0; attempt < 3; attempt++)
        {
            rig.Send(Down);
            waits.Add((rig.Delivery.NextDeadline!.Value - rig.Now).TotalSeconds);
            rig.Now = rig.Delivery.NextDeadline!.Value;
        }

        Assert.Equal([1, 2, 30], waits);
    }

    [Fact]
    [Trait("Feature", "D.2")]
    public void Every_attempt_counts_and_the_sixth_opens_the_circuit()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload);
        rig.Append(1000);

        for (var attempt = 1; attempt <= 6; attempt++)
        {
            Assert.Equal(CircuitState.Closed, rig.Delivery.Circuit.State);
            rig.Send(Down);
            rig.Now = rig.Delivery.NextDeadline!.Value;
        }

        Assert.Equal(CircuitState.Open, rig.Delivery.Circuit.State);
        Assert.Equal(rig.Now, rig.Delivery.Circuit.OpenUntil);
    }

    [Fact]
    [Trait("Feature", "S1.17")]
    public void A_call_that_hangs_on_counts_against_the_circuit_and_is_no_further_attempt_of_its_batch()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload);
        rig.Append(1000);
        rig.Begin();
        rig.Delivery.TimedOut(rig.Now, jitter: 0);

        for (var further = 1; further <= 4; further++)
        {
            rig.Delivery.HangsOn(rig.Now, jitter: 0);
            Assert.Equal((CircuitState.Closed, 1 + further), (rig.Delivery.Circuit.State, rig.Delivery.Circuit.FailuresInARow));
        }

        rig.Delivery.HangsOn(rig.Now, jitter: 0);
        var until = rig.Delivery.Circuit.OpenUntil;
        rig.Now = rig.Now.AddMinutes(1);
        rig.Delivery.HangsOn(rig.Now, jitter: 0);

        Assert.Equal((CircuitState.Open, until), (rig.Delivery.Circuit.State, rig.Delivery.Circuit.OpenUntil));
        Assert.Equal(1, rig.Delivery.State.Outstanding?.Attempts);
    }

    [Fact]
    public void An_open_sink_keeps_its_backlog_and_probes_with_one_batch()
    {
        var rig = Opened();
        rig.Append(500);
        rig.Now = rig.Delivery.NextDeadline!.Value;

        var probe = rig.Begin();

        Assert.True(probe?.IsProbe);
        Assert.Equal(rig.Policy.ProbeTimeout, probe?.Timeout);
        Assert.Null(rig.Begin());
    }

    [Fact]
    [Trait("Feature", "S1.17")]
    public void A_probe_repeats_a_whole_batch_and_has_the_time_of_one()
    {
        SinkPolicy[] overTheNetwork =
        [
            SinkPolicies.Remote, SinkPolicies.Upload, SinkPolicies.Community, SinkPolicies.CommunityReports, SinkPolicies.RunPosting, SinkPolicies.Custom,
        ];

        Assert.All(overTheNetwork, policy => Assert.Equal(policy.CallTimeout, policy.TimeoutOf(isProbe: true)));
    }

    [Fact]
    public void The_backlog_drains_paced_after_the_circuit_closed()
    {
        var rig = Opened();
        rig.Append(500);
        rig.Now = rig.Delivery.NextDeadline!.Value;
        rig.Send(SinkOutcome.Delivered);

        Assert.Null(rig.Begin());
        Assert.Equal(rig.Now + rig.Policy.DrainPace, rig.Delivery.NextDeadline);
    }

    [Fact]
    public void Draining_is_not_slowed_while_the_backlog_grows()
    {
        var rig = Opened();
        rig.Append(500);
        rig.Now = rig.Delivery.NextDeadline!.Value;
        rig.Send(SinkOutcome.Delivered);
        rig.Now += rig.Policy.DrainPace;

        rig.Append(5000);
        rig.Send(SinkOutcome.Delivered);

        Assert.NotNull(rig.Begin());
    }

    [Fact]
    public void Retry_after_is_honoured_and_is_no_failure_up_to_ten_in_a_row()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload);
        rig.Append(50);

        for (var answer = 0; answer < 10; answer++)
        {
            rig.Send(new SinkOutcome.Retry("busy", TimeSpan.FromSeconds(40)));
            Assert.Equal(rig.Now.AddSeconds(40), rig.Delivery.NextDeadline);
            rig.Now = rig.Now.AddSeconds(40);
        }

        Assert.Equal(0, rig.Delivery.Circuit.FailuresInARow);
        Assert.Equal(50, rig.Account.Pending);
        rig.Send(new SinkOutcome.Retry("busy", TimeSpan.FromSeconds(40)));
        Assert.Equal(1, rig.Delivery.Circuit.FailuresInARow);
    }

    [Fact]
    public void A_misconfigured_sink_loses_nothing_and_its_circuit_opens_at_once()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload);
        rig.Append(50);

        rig.Send(new SinkOutcome.Misconfigured("401"));

        Assert.True(rig.Delivery.Circuit.IsMisconfigured);
        Assert.Equal(50, rig.Account.Pending);
        Assert.Equal(Noon.AddHours(6), rig.Delivery.NextDeadline);
    }

    [Fact]
    public void A_call_over_its_time_counts_at_once_and_nothing_begins_before_it_ended()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload);
        rig.Append(50);
        rig.Begin();
        rig.Now = Noon.AddSeconds(30);

        rig.Delivery.TimedOut(rig.Now, jitter: 0);
        rig.Now = Noon.AddMinutes(10);

        Assert.Equal(1, rig.Delivery.Circuit.FailuresInARow);
        Assert.Null(rig.Begin());
        Assert.Null(rig.End(SinkOutcome.Delivered));
        Assert.Equal(0, rig.Account.Delivered);
        Assert.Equal(2, rig.Begin()?.Attempt);
    }

    [Fact]
    public void A_restart_repeats_a_batch_of_unknown_outcome_with_the_same_bounds()
    {
        var rig = new DeliveryRig(SinkPolicies.Remote with { FlushEvents = 10 });
        rig.Append(10);
        var first = rig.Begin();
        rig.Append(90);

        rig.Restart();
        var again = rig.Begin();

        Assert.Equal(first?.Range, again?.Range);
        Assert.Equal(2, again?.Attempt);
    }

    [Fact]
    public void A_batch_to_repeat_that_went_along_to_another_slot_holds_up_nothing()
    {
        var left = new Cursor(new StreamId(2), 0, 0);
        var delivery = new SinkDelivery(
            SinkPolicies.Remote with { FlushEvents = 1 },
            SinkState.Fresh with
            {
                Accounts = [SinkAccount.StartAt(2, left)],
                Outstanding = new OutstandingBatch(new EventRange(2, left, new Cursor(left.Stream, 157, 1)), 1, 1),
            },
            startsAtTail: false,
            Noon);

        var plan = delivery.TryBegin(Noon, [new SlotTail(1, new Cursor(new StreamId(1), 500, 5)), new SlotTail(2, left)]);

        Assert.Equal(1, plan?.Slot);
    }

    [Fact]
    public void A_clock_that_jumps_back_does_not_prolong_a_wait()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload);
        rig.Append(50);
        rig.Send(Down);

        rig.Now = Noon.AddYears(-1);
        Assert.Null(rig.Begin());

        Assert.Equal(Noon.AddYears(-1).AddSeconds(5), rig.Delivery.NextDeadline);
    }

    [Fact]
    public void Events_that_are_gone_are_dropped_under_the_sources_reason()
    {
        var rig = new DeliveryRig(SinkPolicies.EventLog);
        rig.Append(10);
        rig.Send(SinkOutcome.Delivered);
        rig.Append(90);
        rig.Floor = 40;

        rig.Send(SinkOutcome.Delivered);

        Assert.Equal(30, rig.Account.Dropped[DropReason.Overwritten]);
        Assert.Equal(70, rig.Account.Delivered);
        Assert.True(rig.Account.IsBalanced);
    }

    [Fact]
    public void Nothing_begins_while_paused()
    {
        var rig = new DeliveryRig(SinkPolicies.EventLog);
        rig.Append(10);

        rig.Delivery.Pause();
        Assert.Null(rig.Begin());
        rig.Restart();
        Assert.Null(rig.Begin());
        rig.Delivery.Resume();

        Assert.NotNull(rig.Begin());
    }

    [Fact]
    public void A_replay_delivers_again_and_counts_the_events_as_accepted_again()
    {
        var rig = new DeliveryRig(SinkPolicies.EventLog);
        rig.Append(10);
        rig.Send(SinkOutcome.Delivered);

        Assert.True(rig.Delivery.MoveTo(1, DeliveryRig.At(4)));
        rig.Send(SinkOutcome.Delivered);

        Assert.Equal(16, rig.Account.Delivered);
        Assert.Equal(16, rig.Account.Accepted);
        Assert.True(rig.Account.IsBalanced);
    }

    [Fact]
    public void A_skip_is_counted()
    {
        var rig = new DeliveryRig(SinkPolicies.EventLog);
        rig.Append(10);
        rig.Send(SinkOutcome.Delivered);
        rig.Append(10);
        Assert.NotNull(rig.Begin());
        rig.End(Down);

        Assert.True(rig.Delivery.MoveTo(1, DeliveryRig.At(15)));

        Assert.Equal(5, rig.Account.Dropped[DropReason.Skipped]);
        Assert.Equal(5, rig.Account.Pending);
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void A_sink_that_starts_at_the_tail_sends_nothing_of_the_past()
    {
        var rig = new DeliveryRig(SinkPolicies.EventLog, startsAtTail: true);
        rig.Append(10);
        Assert.Null(rig.Begin());

        rig.Append(2);

        Assert.Equal(DeliveryRig.At(10), rig.Begin()?.Range.Start);
    }

    [Fact]
    public void A_hurry_sends_what_is_there()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload);
        rig.Append(1);

        Assert.Equal(1, rig.Begin(hurry: true)?.Range.Count);
    }

    [Fact]
    public void A_probe_by_an_operator_goes_at_once()
    {
        var rig = Opened();
        rig.Append(50);
        Assert.Null(rig.Begin());

        rig.Delivery.ProbeAt(rig.Now);

        Assert.True(rig.Begin()?.IsProbe);
    }

    [Fact]
    [Trait("Feature", "S1.17")]
    public void A_probe_that_cannot_be_read_is_not_tried_before_its_slot_is_due_again()
    {
        var rig = Opened();
        rig.Append(50);
        rig.Now = rig.Delivery.NextDeadline!.Value;
        Assert.True(rig.Delivery.TryBegin(rig.Now, [])?.IsProbe);
        var failed = rig.Now;
        rig.Delivery.ReadFailed(failed);

        rig.Now = failed.AddSeconds(1);
        Assert.Null(rig.Begin());

        Assert.Equal(failed.AddSeconds(2), rig.Delivery.NextDeadline);
        rig.Now = failed.AddSeconds(2);
        Assert.True(rig.Begin()?.IsProbe);
    }

    [Fact]
    public void A_wait_goes_on_across_restarts()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload);
        rig.Append(3);
        rig.Begin();

        rig.Now = Noon.AddSeconds(20);
        rig.Restart();
        rig.Begin();

        Assert.Equal(Noon.AddSeconds(30), rig.Delivery.NextDeadline);
    }

    private static DeliveryRig Opened()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload);
        rig.Append(400);
        for (var attempt = 0; attempt < 6; attempt++)
        {
            rig.Now = rig.Delivery.NextDeadline is { } due && due > rig.Now ? due : rig.Now;
            rig.Send(Down);
        }

        Assert.Equal(CircuitState.Open, rig.Delivery.Circuit.State);
        return rig;
    }

    private static IEnumerable<int> Sizes(DeliveryRig rig, int batches)
    {
        for (var batch = 0; batch < batches; batch++)
        {
            yield return rig.Send(SinkOutcome.Delivered).Range.Count;
        }
    }
}
