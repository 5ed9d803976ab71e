using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Engine;

/// <summary>What a supervisor makes of calls that never began, whatever the engine.</summary>
public sealed class SinkSupervisorSpec
{
    private readonly MemoryEventSource _source = new();
    private readonly ManualTime _time = new();
    private readonly byte[] _buffer = new byte[BatchReader.BufferBytes(SinkPolicies.Remote)];

    [Fact]
    [Trait("Feature", "S1.15")]
    [Trait("Feature", "S1.16")]
    public void A_batch_that_was_not_sent_is_no_attempt_of_its_upload()
    {
        var supervisor = Supervise(SinkPolicies.CommunityReports with { FlushEvents = 1 });
        _source.Append(1);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            Assert.NotNull(Begin(supervisor));
            supervisor.HandBack("the disk takes no state");
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        var sent = Begin(supervisor);
        supervisor.Complete(new SinkOutcome.Retry("500"), threw: false);

        Assert.Equal(1, sent?.Attempt);
        Assert.Equal((1L, 0L), (supervisor.Status.Pending, supervisor.Status.Dropped));
    }

    [Fact]
    [Trait("Feature", "S1.6")]
    public void A_batch_that_was_not_sent_has_not_lost_its_place_in_time()
    {
        var supervisor = Supervise(SinkPolicies.Remote with { FlushInterval = TimeSpan.FromMinutes(15) });
        _source.Append(1);
        Assert.Null(Begin(supervisor));
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.NotNull(Begin(supervisor));

        supervisor.HandBack("the disk takes no state");
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.NotNull(Begin(supervisor));
    }

    [Fact]
    [Trait("Feature", "S1.17")]
    public void A_probe_that_throws_while_it_is_read_is_followed_by_another()
    {
        var supervisor = Supervise(SinkPolicies.Upload with { FlushEvents = 1 });
        _source.Append(1);
        Begin(supervisor);
        supervisor.Complete(new SinkOutcome.Misconfigured("401"), threw: false);
        _time.Advance(TimeSpan.FromHours(6));
        Assert.True(Plan(supervisor)?.IsProbe);

        supervisor.Complete(new SinkOutcome.Retry("OutOfMemoryException"), threw: true);

        Assert.Equal(CircuitState.Open, supervisor.Status.Circuit.State);
        Assert.True(supervisor.NextDeadline > _time.GetUtcNow());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(Plan(supervisor)?.IsProbe);
    }

    [Fact]
    [Trait("Feature", "S1.18")]
    public void While_dead_letters_are_not_written_there_is_nothing_to_wake_up_for()
    {
        var supervisor = Supervise(SinkPolicies.EventLog with { MaxBatchEvents = 2 });
        _source.Append(5);
        Begin(supervisor);
        supervisor.Complete(new SinkOutcome.PartlyDelivered([new RejectedItem(0, "400")]), threw: false);

        var unwritten = supervisor.NextDeadline;
        supervisor.LettersWritten(supervisor.UnwrittenLetters);

        Assert.Null(unwritten);
        Assert.NotNull(supervisor.NextDeadline);
    }

    [Fact]
    [Trait("Feature", "S1.17")]
    [Trait("Feature", "S1.15")]
    public void The_sixth_call_in_a_row_that_the_end_cuts_off_opens_the_circuit_and_none_costs_its_batch()
    {
        var supervisor = Supervise(SinkPolicies.Upload with { FlushEvents = 1 });
        _source.Append(1);
        foreach (var _ in Enumerable.Range(0, 6))
        {
            Assert.Equal(CircuitState.Closed, supervisor.Status.Circuit.State);
            Assert.NotNull(Begin(supervisor));
            supervisor.Sent();
            _time.Advance(TimeSpan.FromSeconds(3.8));
            Assert.True(supervisor.CutOff());
            supervisor.Complete(new SinkOutcome.Retry("too late"), threw: false);
            Assert.Null(Begin(supervisor));
            _time.Advance(SinkPolicies.Upload.FlushInterval);
        }

        var circuit = supervisor.Status.Circuit;
        Assert.Equal((CircuitState.Open, "no answer within 3.8 s at the end of the program"), (circuit.State, circuit.Cause));
        Assert.Equal((1L, 0L), (supervisor.Status.Pending, supervisor.Status.Dropped));
    }

    [Theory]
    [Trait("Feature", "S1.5")]
    [InlineData(true), InlineData(false)]
    public void A_batch_that_the_end_of_a_program_cut_off_is_due_at_the_next_start_for_a_crash_event_alone(bool isCrash)
    {
        var policy = SinkPolicies.Remote with { FlushEvents = 1, FlushInterval = TimeSpan.FromMinutes(15) };
        var kept = CutOffState(policy);
        var next = Supervise(policy);

        _ = next.FlushAsync([new SlotTail(_source.Slot, _source.Tail)], TimeSpan.FromHours(1), takesUpCutOff: isCrash);
        next.Load(kept);

        Assert.Equal(isCrash, Begin(next) is not null);
    }

    [Fact]
    [Trait("Feature", "S1.5")]
    [Trait("Feature", "S1.17")]
    public void A_crash_event_waits_for_an_open_circuit_and_for_what_the_destination_asked_for()
    {
        var policy = SinkPolicies.Remote with { FlushEvents = 1, FlushInterval = TimeSpan.FromMinutes(15) };
        var kept = CutOffState(policy);
        SinkState[] waits =
        [
            kept with { HoldCause = "HTTP 429" },
            kept with { Circuit = CircuitRecord.Closed with { State = CircuitState.Open, FailuresInARow = 6, OpenUntil = _time.GetUtcNow() + TimeSpan.FromHours(6) } },
        ];

        foreach (var state in waits)
        {
            var next = Supervise(policy);
            next.Load(state);
            _ = next.FlushAsync([new SlotTail(_source.Slot, _source.Tail)], TimeSpan.FromHours(1), takesUpCutOff: true);

            Assert.Null(Begin(next));
        }
    }

    [Fact]
    [Trait("Feature", "S1.17")]
    public void A_call_that_had_no_chance_before_the_end_is_no_failure()
    {
        var supervisor = Supervise(SinkPolicies.Upload with { FlushEvents = 1 });
        _source.Append(1);
        Assert.NotNull(Begin(supervisor));
        supervisor.Sent();
        _time.Advance(TimeSpan.FromSeconds(2.4));

        Assert.False(supervisor.CutOff());

        Assert.Equal(0, supervisor.Status.Circuit.FailuresInARow);
    }

    [Fact]
    [Trait("Feature", "S1.17")]
    public void A_batch_that_our_own_disk_holds_up_counts_once_and_no_more()
    {
        var supervisor = Supervise(SinkPolicies.Upload with { FlushEvents = 1 });
        _source.Append(1);
        Assert.NotNull(Begin(supervisor));
        foreach (var _ in Enumerable.Range(0, 8))
        {
            _time.Advance(SinkPolicies.Upload.CallTimeout);
            supervisor.Tick();
        }

        var cutOff = supervisor.CutOff();

        Assert.Equal((1, false), (supervisor.Status.Circuit.FailuresInARow, cutOff));
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void A_call_that_counts_again_while_its_last_count_is_being_kept_is_shown_once_more()
    {
        var supervisor = Supervise(SinkPolicies.Upload with { FlushEvents = 1 });
        _source.Append(1);
        Assert.NotNull(Begin(supervisor));
        supervisor.Sent();
        PassTimeLimit(supervisor);
        var underWay = supervisor.CallToShow!.Value;

        PassTimeLimit(supervisor);
        supervisor.CallShown(underWay);
        var later = supervisor.CallToShow;
        supervisor.CallShown(later!.Value);

        Assert.Equal(2, supervisor.Status.Circuit.FailuresInARow);
        Assert.NotEqual(underWay, later);
        Assert.Null(supervisor.CallToShow);
    }

    [Fact]
    [Trait("Feature", "S2.13")]
    public async Task A_flush_whose_time_is_over_hurries_its_sink_no_longer()
    {
        var supervisor = Supervise(SinkPolicies.CommunityReports);
        _source.Append(1);
        var flushed = supervisor.FlushAsync([new SlotTail(_source.Slot, _source.Tail)], TimeSpan.FromSeconds(30));

        _time.Advance(TimeSpan.FromSeconds(30));

        Eventually.True(() => flushed.IsCompleted);
        Assert.False(await flushed);
        Assert.Null(Plan(supervisor));
    }

    [Fact]
    [Trait("Feature", "S2.13")]
    [Trait("Feature", "D.9")]
    public async Task A_flush_ends_when_what_it_waits_for_may_not_be_sent_now()
    {
        var supervisor = Supervise(SinkPolicies.CommunityReports);
        _source.Append(1);
        var flushed = supervisor.FlushAsync([new SlotTail(_source.Slot, _source.Tail)], TimeSpan.FromHours(1));
        Assert.NotNull(Begin(supervisor));

        supervisor.Complete(new SinkOutcome.Held("its note cannot be read"), threw: false);

        Eventually.True(() => flushed.IsCompleted);
        Assert.False(await flushed);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(Plan(supervisor));
    }

    [Fact]
    [Trait("Feature", "S2.13")]
    public async Task A_flush_ends_when_the_stream_that_it_waits_for_is_no_more()
    {
        var supervisor = Supervise(SinkPolicies.CommunityReports);
        _source.Append(1);
        var flushed = supervisor.FlushAsync([new SlotTail(_source.Slot, new Cursor(new StreamId(99), 10, 1))], TimeSpan.FromHours(1));

        Assert.NotNull(Plan(supervisor));
        supervisor.ReadFailed("a test");
        Assert.Null(Plan(supervisor));

        Eventually.True(() => flushed.IsCompleted);
        Assert.False(await flushed);
    }

    [Fact]
    [Trait("Feature", "S2.13")]
    public async Task A_flush_that_begins_after_its_sink_has_ended_ends_at_once_and_says_whether_all_was_settled()
    {
        var supervisor = Supervise(SinkPolicies.CommunityReports with { FlushEvents = 1 });
        _source.Append(1);
        Assert.NotNull(Begin(supervisor));
        supervisor.Complete(SinkOutcome.Delivered, threw: false);
        var settled = new SlotTail(_source.Slot, _source.Tail);
        _source.Append(1);

        supervisor.EndFlushes();
        var late = supervisor.FlushAsync([new SlotTail(_source.Slot, _source.Tail)], TimeSpan.FromHours(1));
        var reached = supervisor.FlushAsync([settled], TimeSpan.FromHours(1));

        Eventually.True(() => late.IsCompleted && reached.IsCompleted);
        Assert.Equal((false, true), (await late, await reached));
    }

    [Fact]
    [Trait("Feature", "S1.18")]
    public void The_last_try_of_an_event_log_waits_for_no_restart_of_a_sink_that_threw()
    {
        var supervisor = Supervise(SinkPolicies.EventLog with { FlushEvents = 1 }, isEventLog: true);
        _source.Append(1);
        Assert.NotNull(Begin(supervisor));
        supervisor.Complete(new SinkOutcome.Retry("IOException"), threw: true);
        Assert.Null(Plan(supervisor));

        supervisor.TryLast();

        Assert.NotNull(Begin(supervisor));
    }

    private SinkState CutOffState(SinkPolicy policy)
    {
        var supervisor = Supervise(policy);
        _source.Append(1);
        Assert.NotNull(Begin(supervisor));
        supervisor.Sent();
        _time.Advance(TimeSpan.FromSeconds(3.8));
        Assert.True(supervisor.CutOff());
        return supervisor.State;
    }

    private void PassTimeLimit(SinkSupervisor supervisor)
    {
        _time.Advance(SinkPolicies.Upload.CallTimeout);
        supervisor.Tick();
    }

    private PlannedBatch? Begin(SinkSupervisor supervisor) =>
        Plan(supervisor) is { } plan ? supervisor.Loaded(plan, BatchReader.Read(_source, plan, _buffer)) : null;

    private BatchPlan? Plan(SinkSupervisor supervisor) => supervisor.TryBegin([new SlotTail(_source.Slot, _source.Tail)], hurry: false);

    private SinkSupervisor Supervise(SinkPolicy policy, bool isEventLog = false) => new(
        new SinkDefinition("sink", policy, _ => throw new InvalidOperationException("no sink is called here")) { IsEventLog = isEventLog },
        new SupervisionPolicy(),
        new EngineEnvironment { BaseDirectory = "", Sources = () => [_source], Signal = _source, Raise = _ => { }, Time = _time, Jitter = () => 0 });
}
