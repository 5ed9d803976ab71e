using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Tests.Delivery;

/// <summary>When the product's policies try again, and in which order what waited goes out.</summary>
public sealed class LadderSpec
{
    private static readonly SinkOutcome Down = new SinkOutcome.Retry("down");

    public static TheoryData<string, double[]> Ladders() => new()
    {
        { nameof(SinkPolicies.RunPosting), [1, 2, 4] },
        { nameof(SinkPolicies.LocalDatabase), [0.1, 0.2, 0.4] },
        { nameof(SinkPolicies.Custom), [1, 2] },
        { nameof(SinkPolicies.Remote), [5] },
        { nameof(SinkPolicies.Community), [5] },
    };

    [Theory]
    [MemberData(nameof(Ladders))]
    [Trait("Feature", "D.1")]
    [Trait("Feature", "S1.16")]
    [Trait("Feature", "S4.13")]
    [Trait("Feature", "S4.8")]
    public void Each_kind_of_sink_has_its_attempts_and_waits(string name, double[] seconds)
    {
        var policy = (SinkPolicy)typeof(SinkPolicies).GetProperty(name)!.GetValue(null)!;
        var rig = new DeliveryRig(policy);
        rig.Append(policy.FlushEvents);
        List<double> waits = [];

        foreach (var _ in seconds)
        {
            rig.Send(Down);
            waits.Add((rig.Delivery.NextDeadline!.Value - rig.Now).TotalSeconds);
            rig.Now = rig.Delivery.NextDeadline!.Value;
        }

        rig.Send(Down);
        Assert.Equal(seconds, waits);
        Assert.Equal(policy.WhenExhausted == WhenExhausted.Discard ? policy.FlushEvents : 0, rig.Account.Dropped[DropReason.Discarded]);
        Assert.Equal(policy.WhenExhausted == WhenExhausted.Keep ? policy.FlushEvents : 0, rig.Account.Pending);
    }

    [Fact]
    [Trait("Feature", "D.2")]
    public void The_databases_open_time_doubles_from_ten_seconds_to_ten_minutes()
    {
        List<double> open = [];
        for (var opened = 0; opened < 8; opened++)
        {
            open.Add(CircuitPolicy.LocalDatabase.OpenTime(opened, jitter: 0).TotalSeconds);
        }

        Assert.Equal([10, 20, 40, 80, 160, 320, 600, 600], open);
    }

    [Fact]
    public void A_backlog_drains_oldest_first_a_pace_apart_and_then_no_longer()
    {
        var policy = SinkPolicies.Upload with { MaxBatchEvents = 100, FlushInterval = TimeSpan.Zero };
        var rig = new DeliveryRig(policy);
        rig.Append(300);
        rig.Send(new SinkOutcome.Misconfigured("401"));
        rig.Now = rig.Delivery.NextDeadline!.Value;
        List<(long From, TimeSpan After)> sent = [];

        for (var last = rig.Now; rig.Account.Pending > 0;)
        {
            rig.Now = rig.Delivery.NextDeadline is { } due && due > rig.Now ? due : rig.Now;
            sent.Add((rig.Send(SinkOutcome.Delivered).Range.Start.Ordinal, rig.Now - last));
            last = rig.Now;
        }

        rig.Append(200);
        rig.Send(SinkOutcome.Delivered);
        Assert.Equal([(0, TimeSpan.Zero), (100, policy.DrainPace), (200, policy.DrainPace)], sent);
        Assert.NotNull(rig.Begin());
    }

    [Fact]
    public void A_slots_backlog_does_not_starve_anothers_new_events()
    {
        var now = DeliveryRig.Noon;
        var delivery = new SinkDelivery(SinkPolicies.EventLog with { MaxBatchEvents = 10 }, SinkState.Fresh, startsAtTail: false, now);
        List<int> slots = [];

        for (var batch = 0; batch < 6; batch++)
        {
            var plan = delivery.TryBegin(now, [new SlotTail(1, At(1, 1000)), new SlotTail(2, At(2, 10 * (batch + 1)))])!.Value;
            slots.Add(plan.Slot);
            var start = plan.From.Stream == StreamId.None ? At(plan.Slot, 0) : plan.From;
            delivery.Loaded(new EventRead(start, At(plan.Slot, start.Ordinal + 10), 10, DropReason.None), now);
            delivery.Complete(SinkOutcome.Delivered, now, jitter: 0);
        }

        Assert.Equal(3, slots.Count(slot => slot == 2));
        Assert.Equal(3, slots.Count(slot => slot == 1));
    }

    private static Cursor At(int slot, long ordinal) => new(new StreamId((ulong)slot), ordinal, ordinal);
}
