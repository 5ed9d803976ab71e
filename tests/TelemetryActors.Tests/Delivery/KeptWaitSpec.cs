using TelemetryActors.Delivery;
using Xunit;

namespace TelemetryActors.Tests.Delivery;

/// <summary>Waits that outlive the process in which they began.</summary>
[Trait("Feature", "S1.18")]
public sealed class KeptWaitSpec
{
    private static readonly DateTimeOffset Noon = DeliveryRig.Noon;
    private static readonly SinkOutcome Down = new SinkOutcome.Retry("down");

    [Fact]
    public void A_wait_that_the_destination_asked_for_goes_on_across_restarts()
    {
        var rig = Refused(new SinkOutcome.Retry("429", TimeSpan.FromHours(1)));

        rig.Now = Noon.AddMinutes(10);
        rig.Restart();

        Assert.Equal("429", rig.Delivery.State.HoldCause);
        Assert.Null(rig.Begin(hurry: true));
        Assert.Equal(Noon.AddHours(1), rig.Delivery.NextDeadline);
        rig.Now = Noon.AddHours(1);
        Assert.NotNull(rig.Begin());
    }

    [Fact]
    public void Waits_in_a_row_are_counted_across_restarts()
    {
        var rig = new DeliveryRig(SinkPolicies.Upload).Appended(50);
        for (var answer = 0; answer < 10; answer++)
        {
            rig.Send(new SinkOutcome.Retry("busy", TimeSpan.FromSeconds(40)));
            rig.Now = rig.Now.AddSeconds(40);
            rig.Restart();
        }

        Assert.Equal(0, rig.Delivery.Circuit.FailuresInARow);
        rig.Send(new SinkOutcome.Retry("busy", TimeSpan.FromSeconds(40)));

        Assert.Equal(1, rig.Delivery.Circuit.FailuresInARow);
    }

    [Fact]
    [Trait("Feature", "S1.16")]
    public void The_second_attempt_of_an_upload_comes_no_sooner_after_a_restart()
    {
        var rig = Refused(Down);

        rig.Restart();

        Assert.Null(rig.Begin());
        Assert.Equal(Noon.AddSeconds(5), rig.Delivery.NextDeadline);
    }

    [Fact]
    [Trait("Feature", "D.1")]
    public void A_kept_batch_waits_for_its_flush_interval_after_a_restart()
    {
        var rig = Refused(Down, SinkPolicies.Custom with { RetryDelays = [] });

        rig.Restart();

        Assert.Null(rig.Begin());
        Assert.Equal(Noon.AddSeconds(30), rig.Delivery.NextDeadline);
    }

    [Fact]
    public void A_clock_that_jumped_back_between_two_processes_does_not_prolong_it()
    {
        var rig = Refused(new SinkOutcome.Retry("429", TimeSpan.FromMinutes(10)));

        rig.Now = Noon.AddYears(-1);
        rig.Restart();

        Assert.Null(rig.Begin());
        Assert.Equal(Noon.AddYears(-1).AddMinutes(10), rig.Delivery.NextDeadline);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void An_operator_ends_it()
    {
        var rig = Refused(new SinkOutcome.Retry("429", TimeSpan.FromHours(1)));
        rig.Restart();

        rig.Delivery.Reset();

        Assert.NotNull(rig.Begin());
    }

    private static DeliveryRig Refused(SinkOutcome outcome, SinkPolicy? policy = null)
    {
        var rig = new DeliveryRig(policy ?? SinkPolicies.Upload).Appended(50);
        rig.Send(outcome);
        return rig;
    }
}
