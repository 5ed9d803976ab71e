using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit.Sinks;
using Xunit;
using static TelemetryActors.TestKit.Conformance.PipelineRig;

namespace TelemetryActors.TestKit.Conformance;

/// <summary>Dead letters that are put back, refused again, or thrown away.</summary>
internal sealed class DeadLetterScenarios(PipelineRig rig)
{
    public async Task Dead_letters_that_are_put_back_are_delivered_and_are_dead_no_longer()
    {
        var refusing = new FailingSink(new SinkOutcome.PartlyDelivered([new RejectedItem(0, "too long"), new RejectedItem(1, "no such user")]));
        await using var pipeline = rig.Start(Define("sink", refusing));
        rig.Source.Append(10);
        Eventually.Equal(2, () => rig.LettersIn("sink"));

        refusing.Recover();
        pipeline.Command("sink", rig.Letters(SinkCommandKind.Retry, new DeadLetterSelection { Reason = "TOO LONG" }));
        Eventually.Equal(1, () => refusing.Numbers.Count, rig.Tick);

        Assert.Equal([0], refusing.Numbers);
        Eventually.Equal(1, () => rig.LettersIn("sink"), rig.Tick);
        Eventually.Equal((10L, 9L, 0L, 1L), () => Counts(pipeline), rig.Tick);
        AssertBalanced(StatusOf(pipeline, "sink"));
        Eventually.True(() => Directory.GetFiles(Path.Combine(rig.BaseDirectory, "dead")).Length == 1, between: rig.Tick);
    }

    public async Task A_dead_letter_that_is_refused_again_is_a_dead_letter_again()
    {
        var refusing = new FailingSink(new SinkOutcome.Rejected("never"));
        await using var pipeline = rig.Start(Define("sink", refusing));
        rig.Source.Append(1);
        Eventually.Equal(1, () => rig.LettersIn("sink"));

        pipeline.Command("sink", rig.Letters(SinkCommandKind.Retry, new DeadLetterSelection()));
        Eventually.Equal(2, () => refusing.Calls, rig.Tick);

        Eventually.True(() => rig.LettersIn("sink") == 1 && File.ReadAllText(rig.DeadLetters("sink")).Contains("\"attempt\":2", StringComparison.Ordinal), between: rig.Tick);
        Eventually.Equal((1L, 0L, 0L, 1L), () => Counts(pipeline), rig.Tick);
        Assert.Equal(0, Lines.NumberOf(EventOf(File.ReadAllLines(rig.DeadLetters("sink")).Single())));
    }

    public async Task Dead_letters_that_are_refused_again_keep_no_sink_from_what_is_new()
    {
        var strict = new StrictSink();
        await using var pipeline = rig.Start(Define("sink", strict) with { Policy = Quick with { MaxBatchEvents = 30 } });
        foreach (var number in Enumerable.Range(0, 30))
        {
            rig.Source.Append(Lines.Event(number, "unknown"));
            rig.Source.Append(1);
        }

        Eventually.Equal((60L, 30L, 0L, 30L), () => Counts(pipeline), rig.Tick);
        Eventually.Equal(30, () => rig.LettersIn("sink"), rig.Tick);

        pipeline.Command("sink", rig.Letters(SinkCommandKind.Retry, new DeadLetterSelection()));
        Eventually.True(() => rig.LettersIn("sink") == 30 && File.ReadLines(rig.DeadLetters("sink")).All(letter => !letter.Contains("\"attempt\":1,", StringComparison.Ordinal)), between: rig.Tick);
        rig.Source.Append(5);

        Eventually.Equal((65L, 35L, 0L, 30L), () => Counts(pipeline), rig.Tick);
        Assert.Equal(CircuitState.Closed, StatusOf(pipeline, "sink").Circuit.State);
        AssertBalanced(StatusOf(pipeline, "sink"));
    }

    public async Task Purged_dead_letters_are_dropped_and_counted()
    {
        var refusing = new FailingSink(new SinkOutcome.PartlyDelivered([new RejectedItem(3, "bad"), new RejectedItem(4, "bad"), new RejectedItem(5, "worse")]));
        await using var pipeline = rig.Start(Define("sink", refusing));
        rig.Source.Append(10);
        Eventually.Equal(3, () => rig.LettersIn("sink"));

        pipeline.Command("sink", rig.Letters(SinkCommandKind.Purge, new DeadLetterSelection { Reason = "bad" }));

        Eventually.Equal((10L, 7L, 0L, 1L), () => Counts(pipeline), rig.Tick);
        Assert.Equal(2, StatusOf(pipeline, "sink").Redeliveries[0].Dropped[DropReason.Purged]);
        Eventually.Equal(1, () => rig.LettersIn("sink"), rig.Tick);
        AssertBalanced(StatusOf(pipeline, "sink"));
    }

    public async Task A_refused_announcement_of_the_products_own_is_a_letter_that_nobody_announces_and_no_vote_against_its_sink()
    {
        var strict = new StrictSink();
        await using var pipeline = rig.StartAnnouncing(Define("sink", strict));
        rig.Source.Append(5);
        rig.Source.Append(Lines.Event(5, "unknown"));
        rig.Source.Append(5);

        // The unknown event and its announcement.
        Eventually.Equal((12L, 10L, 0L, 2L), () => Counts(pipeline));
        foreach (var number in Enumerable.Range(0, 30))
        {
            rig.Announce(new SinkTransition("other", SinkTransitionKind.UploadFailed, rig.Time.GetUtcNow(), "down"));

            // An engine may look for a stream of events every few milliseconds only.
            Eventually.Equal((13L + number, 10L, 0L, 3L + number), () => Counts(pipeline), rig.Tick);
        }

        Assert.Equal(CircuitState.Closed, StatusOf(pipeline, "sink").Circuit.State);
        Assert.Single(rig.Transitions, transition => transition.Kind == SinkTransitionKind.DeadLettered);
        Eventually.Equal(32, () => rig.LettersIn("sink"));
        AssertBalanced(StatusOf(pipeline, "sink"));
    }

    public async Task A_sink_that_was_at_fault_is_tried_with_an_event_that_is_no_announcement()
    {
        var strict = new StrictSink();
        foreach (var number in Enumerable.Range(0, 20))
        {
            rig.Source.Append(Lines.Event(number, "unknown"));
        }

        rig.Source.Append(100);
        await using var pipeline = rig.StartAnnouncing(Define("sink", strict) with { Policy = Quick with { MaxBatchEvents = 1 } });
        Eventually.Equal(CircuitState.Open, () => StatusOf(pipeline, "sink").Circuit.State);

        rig.Time.AdvanceTo(StatusOf(pipeline, "sink").Circuit.OpenUntil!.Value);

        Eventually.Equal(100, () => strict.Numbers.Count, rig.Tick);
        Eventually.Equal(0L, () => StatusOf(pipeline, "sink").Pending, rig.Tick);
    }
}
