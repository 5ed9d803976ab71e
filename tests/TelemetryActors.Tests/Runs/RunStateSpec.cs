using TelemetryActors.Encoding;
using Xunit;

namespace TelemetryActors.Runs;

public sealed class RunStateSpec
{
    private readonly RunState _run = new(RunLines.RunId);

    private RunChange[] Apply(params EventLine[] lines) => [.. lines.Select(line => _run.Apply(line))];

    [Fact]
    [Trait("Feature", "S4.3")]
    [Trait("Feature", "S4.5")]
    [Trait("Feature", "S4.10")]
    public void Start_metrics_events_and_end_make_a_record()
    {
        var changes = Apply(
            RunLines.Start(0),
            RunLines.Event(1),
            RunLines.Metrics(2, """{"items_discovered":10,"model":"large","ok":true,"list":[1]}"""),
            RunLines.End(3, "Completed", ""","duration_ms":2950.5,"metrics":{"items_discovered":12},"output_summary":"12 pages","git_branch":"main" """));

        var record = _run.ToRecord();
        Assert.Equal([RunChange.Started, RunChange.Continued, RunChange.MetricsChanged, RunChange.Ended], changes);
        Assert.Equal(("Crawler", "nightly", RunStatus.Success), (record.AgentName, record.JobType, record.Status));
        Assert.Equal((RunLines.Beginning, RunLines.Beginning.AddSeconds(3)), (record.StartTime, record.EndTime));
        Assert.Equal((2950.5, 4L), (record.DurationMs, record.EventCount));
        Assert.Equal("items_discovered=12 model=large ok=1", string.Join(' ', record.Metrics.Select(metric => $"{metric.Key}={metric.Value}")));
        Assert.Equal(("12 pages", "main"), (record.OutputSummary, record.Labels["git_branch"]));
    }

    [Fact]
    [Trait("Feature", "S4.3")]
    public void A_started_run_is_running_without_end_and_duration()
    {
        Apply(RunLines.Start(0));

        Assert.Equal(
            (RunStatus.Running, null, null),
            (_run.Status, _run.ToRecord().EndTime, _run.ToRecord().DurationMs));
    }

    [Theory]
    [InlineData(3, "", 3000)]
    [InlineData(-60, "", 0)]
    [InlineData(-60, ",\"duration_ms\":2000", 2000)]
    [InlineData(3, ",\"duration_ms\":-5", 3000)]
    [InlineData(3, ",\"duration_ms\":\"5\"", 3000)]
    [InlineData(3, ",\"duration_ms\":1e999", 3000)]
    [Trait("Feature", "S4.10")]
    public void A_duration_is_the_given_one_or_the_events_and_never_negative(double end, string details, double milliseconds)
    {
        Apply(RunLines.Start(0), RunLines.End(end, "success", details));

        Assert.Equal(milliseconds, _run.ToRecord().DurationMs);
    }

    [Theory]
    [InlineData("success")]
    [InlineData("failed")]
    [InlineData("abandoned")]
    [Trait("Feature", "S4.5")]
    public void An_end_after_a_real_end_is_ignored_and_counted(string second)
    {
        Apply(RunLines.Start(0), RunLines.End(1, "failed", ""","error_summary":"first" """));

        var change = Apply(RunLines.End(2, second, ""","error_summary":"second" """)).Single();

        Assert.Equal(RunChange.EndIgnored, change);
        Assert.Equal((RunStatus.Failed, "first", 1L), (_run.Status, _run.ToRecord().ErrorSummary, _run.ToRecord().IgnoredEndCount));
        Assert.Equal(RunLines.Beginning.AddSeconds(1), _run.ToRecord().EndTime);
    }

    [Fact]
    [Trait("Feature", "D.10")]
    public void An_end_after_abandoned_wins()
    {
        Apply(RunLines.Start(0), RunLines.End(100, "abandoned"));

        var change = Apply(RunLines.End(101, "success")).Single();

        Assert.Equal((RunChange.Ended, RunStatus.Success), (change, _run.Status));
        Assert.Equal((101_000d, 0L), (_run.ToRecord().DurationMs, _run.ToRecord().IgnoredEndCount));
    }

    [Fact]
    [Trait("Feature", "D.10")]
    public void Late_events_reopen_an_abandoned_run_and_leave_an_ended_one()
    {
        var changes = Apply(RunLines.Start(0), RunLines.End(100, "abandoned"), RunLines.Event(101), RunLines.Event(102));
        var reopened = _run.ToRecord();

        var late = Apply(RunLines.End(103, "partial"), RunLines.Event(104));

        Assert.Equal([RunChange.Started, RunChange.Ended, RunChange.Reopened, RunChange.Continued], changes);
        Assert.Equal((RunStatus.Running, null, null), (reopened.Status, reopened.EndTime, reopened.DurationMs));
        Assert.Equal([RunChange.Ended, RunChange.Continued], late);
        Assert.Equal(RunStatus.Partial, _run.Status);
    }

    [Fact]
    [Trait("Feature", "D.10")]
    public void An_abandoned_run_ended_when_it_was_last_heard_of_and_not_when_somebody_noticed()
    {
        Apply(RunLines.Start(0), RunLines.Event(90), RunLines.End(86_400, "abandoned"));

        Assert.Equal((RunLines.Beginning.AddSeconds(90), 90_000d), (_run.ToRecord().EndTime, _run.ToRecord().DurationMs));
    }

    [Fact]
    [Trait("Feature", "D.10")]
    public void A_run_whose_lines_are_read_behind_the_word_that_it_was_given_up_ends_when_it_was_last_heard_of()
    {
        EventLine[] lines = [RunLines.Start(0, Id(1)), RunLines.Event(30, Id(2)), RunLines.Metrics(90, """{"found":3}""", Id(3)), RunLines.Event(60, Id(4))];
        var givenUp = RunLines.End(600, "abandoned", more: Id(5));
        var inOrder = new RunState(RunLines.RunId);
        Array.ForEach([.. lines, givenUp], line => inOrder.Apply(line));
        var expected = inOrder.ToRecord();

        foreach (var at in Enumerable.Range(0, lines.Length))
        {
            var run = new RunState(RunLines.RunId);
            Array.ForEach([.. lines[..at], givenUp, .. lines[at..]], line => run = Applied(run, line));
            var found = run.ToRecord();

            Assert.Equal((RunStatus.Abandoned, RunLines.Beginning.AddSeconds(90), 90_000d), (found.Status, found.EndTime, found.DurationMs));
            Assert.Equal((expected.EventCount, expected.StartTime, expected.Metrics["found"]), (found.EventCount, found.StartTime, found.Metrics["found"]));
        }

        // As a store does, which keeps a run as a row.
        static RunState Applied(RunState run, EventLine line)
        {
            run.Apply(line);
            return RunState.From(run.ToRecord());
        }

        static string Id(int number) => $",\"id\":\"e{number}\"";
    }

    [Fact]
    [Trait("Feature", "D.10")]
    public void A_commit_says_nothing_of_when_a_run_was_last_heard_of_wherever_it_is_read()
    {
        var commit = RunLines.Line(300, "run_commit", """{"git_commit":"abc"}""", ",\"id\":\"c\"");
        EventLine[] others = [RunLines.Start(0), RunLines.Event(90), RunLines.End(600, "abandoned")];

        foreach (var at in Enumerable.Range(0, others.Length + 1))
        {
            var run = new RunState(RunLines.RunId);
            Array.ForEach([.. others[..at], commit, .. others[at..]], line => run.Apply(line));

            Assert.Equal((RunStatus.Abandoned, RunLines.Beginning.AddSeconds(90), 90_000d), (run.Status, run.ToRecord().EndTime, run.ToRecord().DurationMs));
        }
    }

    [Fact]
    [Trait("Feature", "D.10")]
    public void What_comes_later_than_the_word_that_a_run_was_given_up_opens_it_again_also_behind_what_came_before()
    {
        var changes = Apply(RunLines.Start(0), RunLines.End(100, "abandoned"), RunLines.Event(50), RunLines.Event(100.5), RunLines.Event(99));

        Assert.Equal([RunChange.Started, RunChange.Ended, RunChange.Continued, RunChange.Reopened, RunChange.Continued], changes);
        Assert.Equal((RunStatus.Running, null), (_run.Status, _run.ToRecord().EndTime));
    }

    [Fact]
    [Trait("Feature", "S4.10")]
    public void An_end_without_a_start_makes_a_run_whose_start_is_unknown_until_it_comes()
    {
        Apply(RunLines.End(5, "success", ""","agent_name":"crawler" """));
        var before = _run.ToRecord();

        var change = Apply(RunLines.Start(0)).Single();

        Assert.Equal(("crawler", RunStatus.Success, null, null), (before.AgentName, before.Status, before.StartTime, before.DurationMs));
        Assert.Equal(RunChange.Started, change);
        Assert.Equal((RunStatus.Success, RunLines.Beginning, 5000d), (_run.Status, _run.ToRecord().StartTime, _run.ToRecord().DurationMs));
    }

    [Theory]
    [InlineData("done")]
    [InlineData("running")]
    [Trait("Feature", "D.10")]
    public void An_end_whose_status_cannot_be_read_ends_nothing_and_is_counted(string status)
    {
        var change = Apply(RunLines.Start(0), RunLines.End(1, status)).Last();

        Assert.Equal((RunChange.EndIgnored, RunStatus.Running), (change, _run.Status));
        Assert.Equal(1, _run.ToRecord().IgnoredEndCount);
    }

    [Fact]
    [Trait("Feature", "S4.10")]
    public void A_second_start_changes_nothing()
    {
        Apply(RunLines.Start(0), RunLines.Line(9, "run_start", """{"job_type":"other"}""", ""));

        Assert.Equal((RunLines.Beginning, "nightly"), (_run.ToRecord().StartTime, _run.ToRecord().JobType));
    }

    [Fact]
    [Trait("Feature", "U.1")]
    public void Lines_that_come_again_are_known_by_number_or_id()
    {
        var changes = Apply(
            RunLines.Start(0, ""","run_seq":  1"""),
            RunLines.Event(1, ""","run_seq":  2,"id":"a" """),
            RunLines.Event(1, ""","run_seq":  2,"id":"b" """),
            RunLines.Start(0, ""","run_seq":  1"""),
            RunLines.Event(2, ""","id":"x" """),
            RunLines.Event(2, ""","id":"x" """),
            RunLines.Event(3),
            RunLines.Event(3));

        Assert.Equal(
            [
                RunChange.Started, RunChange.Continued, RunChange.Duplicate, RunChange.Duplicate,
                RunChange.Continued, RunChange.Duplicate, RunChange.Continued, RunChange.Continued,
            ],
            changes);
        Assert.Equal((5L, 3L, 2L), (_run.ToRecord().EventCount, _run.ToRecord().DuplicateCount, _run.ToRecord().LastSequence));
    }

    [Fact]
    [Trait("Feature", "D.10")]
    public void A_repeated_abandonment_does_not_close_a_run_that_was_reopened()
    {
        var abandoned = RunLines.End(100, "abandoned", more: ""","id":"collector-1" """);

        Apply(RunLines.Start(0), abandoned, RunLines.Event(101), abandoned);

        Assert.Equal(RunStatus.Running, _run.Status);
    }

    [Fact]
    [Trait("Feature", "D.10")]
    public void Is_silent_only_beyond_its_lease_and_only_while_it_runs()
    {
        var lease = TimeSpan.FromSeconds(60);
        var unheard = _run.IsSilentBeyond(lease, RunLines.Beginning.AddYears(1));
        Apply(RunLines.Start(0), RunLines.Event(10, ""","received_ts":"2024-01-15T10:30:30Z" """));

        Assert.False(unheard);
        Assert.False(_run.IsSilentBeyond(lease, RunLines.Beginning.AddSeconds(-500)));
        Assert.False(_run.IsSilentBeyond(lease, RunLines.Beginning.AddSeconds(90)));
        Assert.True(_run.IsSilentBeyond(lease, RunLines.Beginning.AddSeconds(90.001)));

        Apply(RunLines.End(11, "success"));
        Assert.False(_run.IsSilentBeyond(lease, RunLines.Beginning.AddSeconds(1000)));
    }

    [Fact]
    public void A_line_of_another_run_is_a_mistake_of_the_caller()
    {
        Assert.Throws<ArgumentException>(() => Apply(RunLines.Line(0, "run_start", "{}", "", runId: "other")));
    }

    [Fact]
    [Trait("Feature", "S4.10")]
    public void Half_a_character_in_the_details_does_not_stop_the_run()
    {
        Apply(RunLines.Start(0), RunLines.End(1, "failed", """ ,"\ud800":1,"error_summary":"\udc00","metrics":{"\ud800":1,"a":"\ud800","b":2}"""));

        Assert.Equal((RunStatus.Failed, null), (_run.Status, _run.ToRecord().ErrorSummary));
        Assert.Equal(["b"], _run.ToRecord().Metrics.Keys);
    }
}
