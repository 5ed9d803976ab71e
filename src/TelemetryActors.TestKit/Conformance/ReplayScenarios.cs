using TelemetryActors.Supervision;
using TelemetryActors.TestKit.Sinks;
using Xunit;
using static TelemetryActors.TestKit.Conformance.PipelineRig;

namespace TelemetryActors.TestKit.Conformance;

/// <summary>Stretches of the stream that go to a sink once more.</summary>
internal sealed class ReplayScenarios(PipelineRig rig)
{
    public async Task A_replay_delivers_a_stretch_once_more_beside_the_cursor()
    {
        var recording = new RecordingSink();
        await using var pipeline = rig.Start(Define("sink", recording));
        rig.Source.Append(30);
        Eventually.Equal(30, () => recording.Numbers.Count);

        pipeline.Command("sink", rig.Replay(5, 15));
        Eventually.Equal(40, () => recording.Numbers.Count, rig.Tick);
        rig.Source.Append(5);

        Eventually.Equal(45, () => recording.Numbers.Count, rig.Tick);
        Assert.Equal(Numbers(30).Concat(Numbers(15).Skip(5)).Concat(Numbers(35).Skip(30)), recording.Numbers);
        Eventually.Equal((45L, 45L, 0L), () => StatusOf(pipeline, "sink") is var status ? (status.Accepted, status.Delivered, status.Pending) : default, rig.Tick);
        AssertBalanced(StatusOf(pipeline, "sink"));
        Assert.Contains(rig.Transitions, transition => transition is { Kind: SinkTransitionKind.Commanded, Events: 10 });
    }

    public async Task A_replay_under_way_goes_on_after_a_restart()
    {
        var recording = new RecordingSink();
        var definition = Define("sink", recording);
        await using (var first = rig.Start(definition))
        {
            rig.Source.Append(30);
            Eventually.Equal(30, () => recording.Numbers.Count);
            rig.Command(first, SinkCommandKind.Pause);
            Eventually.Equal(true, () => StatusOf(first, "sink").IsPaused, rig.Tick);
            first.Command("sink", rig.Replay(0, 30));
            Eventually.Equal(30L, () => StatusOf(first, "sink").Pending, rig.Tick);
        }

        await using var second = rig.Start(definition);
        rig.Command(second, SinkCommandKind.Resume);

        Eventually.Equal(60, () => recording.Numbers.Count, rig.Tick);
        Assert.Equal(Numbers(30).Concat(Numbers(30)), recording.Numbers);
        Eventually.Equal(0L, () => StatusOf(second, "sink").Pending, rig.Tick);
        AssertBalanced(StatusOf(second, "sink"));
    }

    public async Task A_replay_repeats_the_bounds_that_its_sink_has_already()
    {
        var keyed = new KeyedSink();
        await using var pipeline = rig.Start(Define("sink", keyed) with { Policy = Quick with { FlushEvents = 7, FlushInterval = TimeSpan.FromDays(1) } });
        for (var batch = 0; batch < 5; batch++)
        {
            rig.Source.Append(7);
            Eventually.Equal(7 * (batch + 1), () => keyed.Stored.Values.Sum(numbers => numbers.Count));
        }

        var before = keyed.Stored.Keys.Order().ToList();
        keyed.Lose(before[2]);
        pipeline.Command("sink", rig.Replay(3, 35));

        Eventually.Equal(35L + 35L, () => StatusOf(pipeline, "sink").Delivered, rig.Tick);
        Assert.Equal(before, keyed.Stored.Keys.Order());
        Assert.Equal(Numbers(35), keyed.Stored.OrderBy(stored => stored.Key).SelectMany(stored => stored.Value));
        AssertBalanced(StatusOf(pipeline, "sink"));
    }

    public async Task A_replay_whose_bounds_come_in_parts_begins_and_one_that_is_refused_is_skipped_and_told()
    {
        var keyed = new KeyedSink();
        await using var pipeline = rig.Start(Define("sink", keyed));
        rig.Source.Append(7);
        Eventually.Equal(7L, () => StatusOf(pipeline, "sink").Delivered);

        keyed.FailSearches(new TimeoutException("there is more"), new TimeoutException("there is more"));
        pipeline.Command("sink", rig.Replay(0, 7));
        Eventually.Equal(14L, () => StatusOf(pipeline, "sink").Delivered, rig.Tick);
        keyed.FailSearches(new UnauthorizedAccessException("403 AccessDenied"));
        pipeline.Command("sink", rig.Replay(0, 7));
        Eventually.Equal(7L, () => StatusOf(pipeline, "sink").Dropped, rig.Tick);

        Assert.Equal((14L, 0L), StatusOf(pipeline, "sink") is var status ? (status.Delivered, status.Pending) : default);

        // What has happened is told behind the lock under which it can be seen.
        Eventually.True(() => rig.Transitions.Any(transition => transition.Kind == SinkTransitionKind.StateFault));
        Assert.Equal(["replay refused, 7 events skipped: 403 AccessDenied"], rig.Transitions.Where(transition => transition.Kind == SinkTransitionKind.StateFault).Select(transition => transition.Cause));
        AssertBalanced(StatusOf(pipeline, "sink"));
    }
}
