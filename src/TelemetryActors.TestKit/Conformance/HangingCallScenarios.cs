using TelemetryActors.Delivery;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit.Sinks;
using Xunit;
using static TelemetryActors.TestKit.Conformance.PipelineRig;

namespace TelemetryActors.TestKit.Conformance;

/// <summary>What becomes of calls that take their time, hang, or are cut off by the end.</summary>
internal sealed class HangingCallScenarios(PipelineRig rig)
{
    public async Task A_sink_that_hangs_holds_nobody_back_and_its_call_times_out()
    {
        var stalling = new StallingSink();
        var healthy = new RecordingSink();
        await using var pipeline = rig.Start(Define("stalling", stalling), Define("healthy", healthy));
        rig.Source.Append(30);
        Eventually.Equal(1, () => stalling.Calls);
        Eventually.Equal(30, () => healthy.Numbers.Count);

        rig.Time.Advance(Quick.CallTimeout);
        Eventually.Equal("timeout", () => StatusOf(pipeline, "stalling").LastError, rig.Tick);

        Assert.Equal(1, stalling.Calls);
        stalling.Release();
        Eventually.Equal(30L, () => StatusOf(pipeline, "stalling").Delivered, rig.Tick);
        Assert.Equal(Numbers(10).Concat(Numbers(30)), stalling.Numbers);
    }

    public async Task A_call_that_hangs_on_fails_once_for_each_of_its_time_limits_and_the_sixth_opens_the_circuit_as_of_a_dead_sink()
    {
        var stalling = new StallingSink();
        await using var pipeline = rig.Start(Define("stalling", stalling));
        var begun = rig.Time.GetUtcNow();
        rig.Source.Append(30);
        Eventually.Equal(1, () => stalling.Calls);

        for (var failures = 1; failures <= 6; failures++)
        {
            rig.Time.Advance(Quick.CallTimeout);
            Eventually.Equal(failures, () => StatusOf(pipeline, "stalling").Circuit.FailuresInARow, rig.Tick);
            Assert.Equal(failures == 6 ? CircuitState.Open : CircuitState.Closed, StatusOf(pipeline, "stalling").Circuit.State);
        }

        Assert.Equal((1, begun, true), (stalling.Calls, StatusOf(pipeline, "stalling").Call!.Since, StatusOf(pipeline, "stalling").Call!.IsGivenUp));
        var until = StatusOf(pipeline, "stalling").Circuit.OpenUntil!.Value;
        Eventually.Equal((begun, true, 6), () => rig.KeptCall("stalling"), rig.Tick);
        stalling.Release();
        Eventually.Equal(null, () => StatusOf(pipeline, "stalling").Call, rig.Tick);
        rig.Time.AdvanceTo(until - TimeSpan.FromHours(1));
        Eventually.Equal(null, () => rig.KeptCall("stalling"), rig.Tick);
        Assert.Equal((1, until), (stalling.Calls, StatusOf(pipeline, "stalling").Circuit.OpenUntil));
        rig.Time.AdvanceTo(until);
        Eventually.Equal(30L, () => StatusOf(pipeline, "stalling").Delivered, rig.Tick);
        Assert.Equal(CircuitState.Closed, StatusOf(pipeline, "stalling").Circuit.State);
        Assert.Equal(Numbers(10).Concat(Numbers(30)), stalling.Numbers);
    }

    public async Task Operators_commands_are_carried_out_while_a_call_hangs()
    {
        var stalling = new StallingSink();
        await using var pipeline = rig.Start(Define("stalling", stalling));
        rig.Source.Append(10);
        Eventually.Equal(1, () => stalling.Calls);
        rig.Time.Advance(Quick.CallTimeout);
        Eventually.Equal(1, () => StatusOf(pipeline, "stalling").Circuit.FailuresInARow, rig.Tick);

        pipeline.Command("stalling", new SinkCommand(SinkCommandKind.Pause, "ops", rig.Time.GetUtcNow(), "a test"));
        pipeline.Command("stalling", new SinkCommand(SinkCommandKind.Reset, "ops", rig.Time.GetUtcNow(), "a test"));
        Eventually.Equal((true, 0), () => (StatusOf(pipeline, "stalling").IsPaused, StatusOf(pipeline, "stalling").Circuit.FailuresInARow), rig.Tick);

        stalling.Release();
        Eventually.Equal(null, () => StatusOf(pipeline, "stalling").Call, rig.Tick);
        pipeline.Command("stalling", new SinkCommand(SinkCommandKind.Resume, "ops", rig.Time.GetUtcNow(), "a test"));
        Eventually.Equal(10L, () => StatusOf(pipeline, "stalling").Delivered, rig.Tick);
        Eventually.Equal(3, () => rig.Transitions.Count(transition => transition.Kind == SinkTransitionKind.Commanded));
    }

    public async Task A_call_that_takes_its_time_is_kept_for_who_looks_from_outside_and_so_is_that_it_was_given_up()
    {
        var stalling = new StallingSink();
        await using var pipeline = rig.Start(Define("stalling", stalling));
        var begun = rig.Time.GetUtcNow();
        rig.Source.Append(30);
        Eventually.Equal(1, () => stalling.Calls);

        Eventually.Equal((begun, false, 0), () => rig.KeptCall("stalling"), rig.Tick);
        rig.Time.Advance(Quick.CallTimeout);
        Eventually.Equal((begun, true, 1), () => rig.KeptCall("stalling"), rig.Tick);

        stalling.Release();
        Eventually.Equal(null, () => rig.KeptCall("stalling"), rig.Tick);
    }

    public async Task A_call_that_the_end_cuts_off_is_a_failure_when_it_had_its_chance_and_its_batch_waits()
    {
        var stalling = new StallingSink();
        var pipeline = rig.Start(Define("stalling", stalling) with { Policy = Quick with { WhenExhausted = WhenExhausted.Discard, RetryDelays = [] } });
        rig.Source.Append(30);
        Eventually.Equal(1, () => stalling.Calls);

        var ending = pipeline.DisposeAsync().AsTask();
        Eventually.Equal((1, true), () => rig.Kept("stalling"), () => rig.Time.Advance(TimeSpan.FromMilliseconds(100)));
        stalling.Release();
        Eventually.True(() => ending.IsCompleted, between: rig.Tick);
        await ending;

        Assert.Contains(rig.Transitions, transition => transition is { Sink: "stalling", Kind: SinkTransitionKind.UploadFailed, Cause: { } cause } && cause.EndsWith("; kept", StringComparison.Ordinal));
    }
}
