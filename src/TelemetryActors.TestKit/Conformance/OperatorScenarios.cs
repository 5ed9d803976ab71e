using TelemetryActors.Delivery;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit.Sinks;
using Xunit;
using static TelemetryActors.TestKit.Conformance.PipelineRig;

namespace TelemetryActors.TestKit.Conformance;

/// <summary>What operators have a sink do: pause, resume, reset, flush.</summary>
internal sealed class OperatorScenarios(PipelineRig rig)
{
    public async Task Operators_pause_resume_and_reset_through_the_command_file()
    {
        var failing = new FailingSink(new SinkOutcome.Misconfigured("401"));
        await using var pipeline = rig.Start(Define("sink", failing));
        rig.Source.Append(10);
        Eventually.Equal(CircuitState.Open, () => StatusOf(pipeline, "sink").Circuit.State);

        failing.Recover();
        rig.Command(pipeline, SinkCommandKind.Pause);
        Eventually.Equal(true, () => StatusOf(pipeline, "sink").IsPaused, rig.Tick);
        rig.Command(pipeline, SinkCommandKind.Reset);
        Eventually.Equal(CircuitState.Closed, () => StatusOf(pipeline, "sink").Circuit.State, rig.Tick);
        Assert.Equal(1, failing.Calls);
        rig.Command(pipeline, SinkCommandKind.Resume);

        Eventually.Equal(10, () => failing.Numbers.Count, rig.Tick);
        Eventually.Equal(3, () => rig.Transitions.Count(transition => transition.Kind == SinkTransitionKind.Commanded));
    }

    public async Task A_flush_to_a_sink_that_is_not_there_is_false_and_reaches_those_that_are()
    {
        var recording = new RecordingSink();
        await using var pipeline = rig.Start(Define("slow", recording) with { Policy = SinkPolicies.Upload });
        rig.Source.Append(3);

        Assert.False(await pipeline.FlushAsync(["slow", "slwo"], TimeSpan.FromMinutes(1)));

        Assert.Equal(3, recording.Numbers.Count);
    }

    public async Task A_flush_sends_a_batch_that_is_not_full_and_is_false_for_an_open_sink()
    {
        var recording = new RecordingSink();
        var failing = new FailingSink(new SinkOutcome.Misconfigured("401"));
        var slow = Define("slow", recording) with { Policy = SinkPolicies.Upload };
        await using var pipeline = rig.Start(slow, Define("open", failing));
        rig.Source.Append(3);
        Eventually.Equal(CircuitState.Open, () => StatusOf(pipeline, "open").Circuit.State);

        var flushed = await pipeline.FlushAsync(["slow"], TimeSpan.FromMinutes(1));
        var refused = await pipeline.FlushAsync(["open"], TimeSpan.FromMinutes(1));

        Assert.True(flushed);
        Assert.False(refused);
        Assert.Equal(3, recording.Numbers.Count);
    }
}
