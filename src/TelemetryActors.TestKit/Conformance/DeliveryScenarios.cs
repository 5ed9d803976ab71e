using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit.Sinks;
using Xunit;
using static TelemetryActors.TestKit.Conformance.PipelineRig;

namespace TelemetryActors.TestKit.Conformance;

/// <summary>What reaches healthy sinks while others fail, over restarts and through privacy policies, and that every event is accounted for.</summary>
internal sealed class DeliveryScenarios(PipelineRig rig)
{
    public async Task Every_sink_gets_every_event_in_order()
    {
        RecordingSink[] sinks = [new(), new(), new()];
        await using var pipeline = rig.Start([.. sinks.Select((sink, index) => Define($"sink-{index}", sink))]);

        rig.Source.Append(100);

        foreach (var sink in sinks)
        {
            Eventually.Equal(100, () => sink.Numbers.Count);
            Assert.Equal(Numbers(100), sink.Numbers);
        }
    }

    public async Task Three_sinks_keep_delivering_while_one_is_open_for_six_hours()
    {
        RecordingSink[] healthy = [new(), new(), new()];
        var failing = new FailingSink(new SinkOutcome.Retry("down"));
        await using var pipeline = rig.Start([.. healthy.Select((sink, index) => Define($"sink-{index}", sink)), Define("broken", failing)]);
        rig.Source.Append(50);

        Eventually.Equal(CircuitState.Open, () => StatusOf(pipeline, "broken").Circuit.State, rig.Tick);
        var until = StatusOf(pipeline, "broken").Circuit.OpenUntil!.Value;
        rig.Source.Append(50);

        // Settled, not only in the sinks' hands: the hours that pass would end a call whose outcome nobody has taken yet, and its batch would go again.
        foreach (var sink in healthy.Select((_, index) => $"sink-{index}"))
        {
            Eventually.Equal(100L, () => StatusOf(pipeline, sink).Delivered);
        }

        Assert.Equal(6, failing.Calls);
        Assert.InRange(until - rig.Time.GetUtcNow(), TimeSpan.FromHours(6) - TimeSpan.FromMinutes(5), TimeSpan.FromHours(6.6));
        failing.Recover();
        rig.Time.AdvanceTo(until - TimeSpan.FromSeconds(2));
        rig.Source.Append(1);
        Eventually.Equal(101, () => healthy[0].Numbers.Count);
        Assert.Equal(6, failing.Calls);
        rig.Time.AdvanceTo(until);
        Eventually.Equal(101, () => failing.Numbers.Count, rig.Tick);
        Assert.Equal(Numbers(101), failing.Numbers);
        Assert.Contains(rig.Transitions, transition => transition is { Sink: "broken", Kind: SinkTransitionKind.Opened });
        Eventually.True(() => rig.Transitions.Any(transition => transition is { Sink: "broken", Kind: SinkTransitionKind.Closed }));
    }

    public async Task Accepted_is_delivered_and_dropped_and_dead_lettered_and_pending()
    {
        var refusing = new FailingSink(new SinkOutcome.PartlyDelivered([new RejectedItem(0, "refused"), new RejectedItem(1, "private", DropReason.Privacy)]));
        rig.Source.Append(40);

        await using var pipeline = rig.Start(Define("refusing", refusing));

        Eventually.Equal(4L, () => StatusOf(pipeline, "refusing").DeadLettered);
        var status = StatusOf(pipeline, "refusing");
        Assert.All(status.Accounts, account => Assert.True(account.IsBalanced, account.ToString()));
        Assert.Equal((40L, 0L, 4L, 32L), (status.Accepted, status.Pending, status.Dropped, status.Delivered));
        Eventually.Equal(4, () => File.Exists(rig.DeadLetters("refusing")) ? File.ReadLines(rig.DeadLetters("refusing")).Count() : 0);
    }

    public async Task Each_sink_gets_what_its_privacy_policy_lets_through()
    {
        RecordingSink open = new(), stripping = new(), rejecting = new();
        rig.Source.Append(10);
        rig.Source.Append("""{"ts":"2026-03-01T12:00:00Z","event":"login","details":{"n":10},"user_id":"jane"}"""u8.ToArray());

        await using var pipeline = rig.Start(
            Define("open", open),
            Define("stripping", stripping) with { Policy = Quick with { Privacy = PrivacyPolicy.Strip } },
            Define("rejecting", rejecting) with { Policy = Quick with { Privacy = PrivacyPolicy.Reject } });

        Eventually.Equal(1L, () => StatusOf(pipeline, "rejecting").Accounts.Sum(account => account.Dropped[DropReason.Privacy]));
        Eventually.Equal(11, () => open.Numbers.Count);
        Eventually.Equal(11, () => stripping.Numbers.Count);
        Assert.Equal(Numbers(10), rejecting.Numbers);
        Assert.All(pipeline.Statuses.SelectMany(status => status.Accounts), account => Assert.True(account.IsBalanced, account.ToString()));
    }

    public async Task A_restart_keeps_the_cursor_and_the_end_of_the_open_time()
    {
        var recording = new RecordingSink();
        var failing = new FailingSink(new SinkOutcome.Misconfigured("no such bucket"));
        await using (var first = rig.Start(Define("good", recording), Define("bad", failing)))
        {
            rig.Source.Append(20);
            Eventually.Equal(20, () => recording.Numbers.Count);
            Eventually.Equal(CircuitState.Open, () => StatusOf(first, "bad").Circuit.State);
        }

        var until = rig.Transitions.First(transition => transition.Kind == SinkTransitionKind.Misconfigured).OpenUntil;
        rig.Time.Advance(TimeSpan.FromHours(2));
        await using var second = rig.Start(Define("good", recording), Define("bad", failing));
        rig.Source.Append(5);

        Eventually.Equal(25, () => recording.Numbers.Count);
        Assert.Equal(Numbers(25), recording.Numbers);
        Eventually.Equal(until, () => StatusOf(second, "bad").Circuit.OpenUntil);
        Assert.Equal(1, failing.Calls);
    }

    public async Task What_is_not_due_stays_at_the_end_when_the_definition_says_so_and_its_wait_goes_on()
    {
        var (patient, eager) = (new RecordingSink(), new RecordingSink());
        SinkDefinition[] sinks = [Define("eager", eager) with { Policy = SinkPolicies.Upload }, Define("patient", patient) with { Policy = SinkPolicies.Upload, SendsOnlyWhatIsDue = true }];
        await using (var first = rig.Start(sinks))
        {
            rig.Source.Append(3);
            Eventually.Equal(3L, () => StatusOf(first, "patient").Pending);
        }

        Assert.Equal(3, eager.Numbers.Count);
        Assert.Empty(patient.Numbers);

        rig.Time.Advance(SinkPolicies.Upload.FlushInterval);
        await using (var second = rig.Start(sinks))
        {
            Eventually.Equal(3, () => patient.Numbers.Count);
        }

        Assert.Equal(Numbers(3), patient.Numbers);
    }
}
