using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.Tests.Delivery;

[Trait("Feature", "D.8")]
public sealed class PrivacyGateSpec
{
    private static readonly byte[] Private = """{"ts":"2026-03-01T12:00:00Z","event":"login","details":{"n":9},"user_id":"jane"}"""u8.ToArray();

    private readonly List<byte[]> _arrived = [];
    private SinkOutcome _answer = SinkOutcome.Delivered;

    [Fact]
    public async Task A_sink_that_strips_gets_every_event_without_the_person()
    {
        var outcome = await Deliver(PrivacyPolicy.Strip, Lines.Event(0), Private, Lines.Event(1));

        Assert.Equal(SinkOutcome.Delivered, outcome);
        Assert.Equal([0, 9, 1], _arrived.Select(line => Lines.NumberOf(line)));
        Assert.DoesNotContain(_arrived, line => System.Text.Encoding.UTF8.GetString(line).Contains("jane", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sink_that_rejects_does_not_get_them_and_they_are_counted()
    {
        var outcome = await Deliver(PrivacyPolicy.Reject, Lines.Event(0), Private, Lines.Event(1));

        var item = Assert.Single(Assert.IsType<SinkOutcome.PartlyDelivered>(outcome).Items);
        Assert.Equal((1, DropReason.Privacy), (item.Index, item.Drop));
        Assert.Equal([0, 1], _arrived.Select(line => Lines.NumberOf(line)));
    }

    [Fact]
    public async Task A_batch_of_which_nothing_may_go_reaches_no_sink()
    {
        var outcome = await Deliver(PrivacyPolicy.Reject, Private, Private);

        Assert.Equal(2, Assert.IsType<SinkOutcome.PartlyDelivered>(outcome).Items.Count);
        Assert.Empty(_arrived);
    }

    [Fact]
    public async Task What_the_sink_refuses_is_named_by_its_place_in_the_batch()
    {
        _answer = new SinkOutcome.PartlyDelivered([new RejectedItem(1, "too large"), new RejectedItem(7, "no such event")]);

        var outcome = await Deliver(PrivacyPolicy.Reject, Private, Lines.Event(0), Private, Lines.Event(1));

        var refused = Assert.IsType<SinkOutcome.PartlyDelivered>(outcome).Items.Where(item => item.Drop == DropReason.None).Select(item => item.Index);
        Assert.Equal([3, -1], refused);
    }

    [Theory]
    [InlineData(PrivacyPolicy.Strip)]
    [InlineData(PrivacyPolicy.Reject)]
    public async Task What_cannot_be_read_never_goes(PrivacyPolicy policy)
    {
        var outcome = await Deliver(policy, Lines.Event(0), "{half"u8.ToArray());

        Assert.Equal(1, Assert.Single(Assert.IsType<SinkOutcome.PartlyDelivered>(outcome).Items).Index);
        Assert.Single(_arrived);
    }

    [Fact]
    public async Task A_failure_of_the_sink_stays_one()
    {
        _answer = new SinkOutcome.Retry("network");

        var outcome = await Deliver(PrivacyPolicy.Reject, Lines.Event(0), Private);

        Assert.Equal(_answer, outcome);
    }

    [Fact]
    public void A_sink_that_keeps_its_own_accounts_cannot_have_events_taken_out()
    {
        var sink = Define(PrivacyPolicy.Reject) with { State = KeptState.Own };

        var faults = PipelineDefinition.FaultsOf([sink]);

        Assert.Contains(faults, fault => fault.StartsWith("Sinks:spec:Privacy", StringComparison.Ordinal));
    }

    [Fact]
    public void A_sink_without_a_policy_is_left_as_it_is()
    {
        var sink = Define(PrivacyPolicy.None);

        var pipeline = new PipelineDefinition([sink]);

        Assert.Same(sink, Assert.Single(pipeline.Sinks));
    }

    private async Task<SinkOutcome> Deliver(PrivacyPolicy policy, params byte[][] lines)
    {
        var guarded = Assert.Single(new PipelineDefinition([Define(policy)]).Sinks);
        await using var sink = guarded.Create(new SinkContext("spec", "", new ManualTime()));
        byte[] bytes = [.. lines.SelectMany(line => line.Append((byte)'\n'))];
        var stream = new StreamId(1);
        return await sink.DeliverAsync(new SinkBatch(1, new Cursor(stream, 0, 0), new Cursor(stream, bytes.Length, lines.Length), bytes), CancellationToken.None);
    }

    private SinkDefinition Define(PrivacyPolicy policy)
    {
        var sink = TelemetryActors.Sinks.Delegate.DelegateSinkRegistration.Define("spec", (batch, _) =>
        {
            _arrived.AddRange(batch.Events().Select(line => line.ToArray()));
            return ValueTask.FromResult(_answer);
        });
        return sink with { Policy = SinkPolicies.Custom with { Privacy = policy } };
    }
}
