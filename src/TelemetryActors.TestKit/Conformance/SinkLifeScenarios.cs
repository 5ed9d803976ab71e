using System.Collections.Concurrent;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit.Sinks;
using Xunit;
using static TelemetryActors.TestKit.Conformance.PipelineRig;

namespace TelemetryActors.TestKit.Conformance;

/// <summary>Sinks that throw, sinks that keep their accounts, and what a sink does without events.</summary>
internal sealed class SinkLifeScenarios(PipelineRig rig)
{
    public async Task A_sink_that_throws_is_made_anew_and_loses_nothing()
    {
        var throwing = new ThrowingSink(times: 3);
        var made = 0;
        var definition = new SinkDefinition("throwing", Quick, _ =>
        {
            Interlocked.Increment(ref made);
            return throwing;
        });
        await using var pipeline = rig.Start(definition);

        rig.Source.Append(10);

        Eventually.Equal(10, () => throwing.Numbers.Count, rig.Tick);
        Assert.Equal(4, Volatile.Read(ref made));
        Eventually.Equal(3, () => StatusOf(pipeline, "throwing").Restarts);
    }

    public async Task A_sink_that_returns_no_outcome_has_failed_and_loses_nothing()
    {
        var silent = new FailingSink(null!);
        await using var pipeline = rig.Start(new SinkDefinition("silent", Quick, _ => silent));
        rig.Source.Append(10);

        Eventually.True(
            () => StatusOf(pipeline, "silent").LastError?.Contains("the sink returned no outcome", StringComparison.Ordinal) == true,
            () => StatusOf(pipeline, "silent"),
            rig.Tick);
        Assert.All(StatusOf(pipeline, "silent").Accounts, account => Assert.Equal(0, account.Delivered));
        silent.Recover();

        Eventually.Equal(10, () => silent.Numbers.Count, rig.Tick);
        Assert.Equal(Numbers(10), silent.Numbers);
    }

    public async Task A_sink_that_has_something_to_do_without_events_does_it_at_each_heartbeat_while_it_is_not_called()
    {
        var idling = new IdlingSink();
        await using var pipeline = rig.Start(new SinkDefinition("idling", Quick, _ => idling));
        rig.Source.Append(1);
        Eventually.Equal(1, () => idling.Numbers.Count);

        var before = idling.Turns;
        Eventually.True(() => idling.Turns >= before + 3, () => idling.Turns, rig.Tick);
        idling.Stall();
        rig.Source.Append(1);
        Eventually.Equal(2, () => idling.Calls, rig.Tick);
        before = idling.Turns;
        rig.Time.Advance(TimeSpan.FromSeconds(10));
        idling.Release();
        Eventually.True(() => idling.Turns > before, () => idling.Turns, rig.Tick);

        Assert.False(idling.WasDisturbed);
        Assert.Equal(Numbers(2), idling.Numbers);
    }

    public async Task What_a_sinks_idle_work_throws_is_told_once_and_the_sink_goes_on()
    {
        var idling = new IdlingSink { Fault = new InvalidOperationException("thrown by the test") };
        await using var pipeline = rig.Start(new SinkDefinition("idling", Quick, _ => idling));
        rig.Source.Append(1);
        Eventually.True(() => idling.Turns >= 3, () => idling.Turns, rig.Tick);

        rig.Source.Append(1);
        Eventually.Equal(2, () => idling.Numbers.Count, rig.Tick);

        Assert.Single(rig.Transitions, transition => transition is { Sink: "idling", Kind: SinkTransitionKind.StateFault });
        Assert.Contains("the sink's idle work", StatusOf(pipeline, "idling").LastError);
        Assert.Equal(0, StatusOf(pipeline, "idling").Restarts);
    }

    public async Task A_sink_that_keeps_its_accounts_and_threw_says_what_it_has_before_it_gets_more()
    {
        var forgetting = new ForgettingSink();
        await using var pipeline = rig.Start(new SinkDefinition("forgetting", Quick, _ => forgetting) { State = KeptState.Own });
        rig.Source.Append(20);
        Eventually.Equal(20, () => forgetting.Numbers.Count, rig.Tick);

        forgetting.ForgetAndThrow();
        rig.Source.Append(5);

        Eventually.Equal(25, () => forgetting.Numbers.Distinct().Count(), rig.Tick);
        Assert.Equal(Numbers(25), forgetting.Kept);
        Assert.All(StatusOf(pipeline, "forgetting").Accounts, account => Assert.True(account.IsBalanced, account.ToString()));
    }

    public async Task Dead_letters_of_a_sink_that_lost_its_data_or_its_state_are_counted_once()
    {
        var forgetting = new ForgettingSink { Refused = new HashSet<long> { 2, 5, 7 } };
        var definition = new SinkDefinition("forgetting", Quick, _ => forgetting) { State = KeptState.Own };
        await using (var pipeline = rig.Start(definition))
        {
            rig.Source.Append(10);
            Eventually.Equal((7L, 3L, 3), () => Settled(pipeline), rig.Tick);

            forgetting.ForgetAndThrow();
            rig.Source.Append(5);

            Eventually.Equal((12L, 3L, 3), () => Settled(pipeline), rig.Tick);
            Assert.Equal(15, StatusOf(pipeline, "forgetting").Accepted);
            AssertBalanced(StatusOf(pipeline, "forgetting"));
        }

        File.Delete(Path.Combine(rig.BaseDirectory, "state", "sinks", "forgetting.json"));
        await using var next = rig.Start(definition);
        rig.Source.Append(1);

        Eventually.Equal((13L, 3L, 3), () => Settled(next), rig.Tick);
        AssertBalanced(StatusOf(next, "forgetting"));

        (long Delivered, long Dead, int Letters) Settled(IPipelineUnderTest pipeline) =>
            StatusOf(pipeline, "forgetting") is { Pending: 0 } status ? (status.Delivered, status.DeadLettered, rig.LettersIn("forgetting")) : default;
    }

    public async Task A_sink_that_cannot_say_what_it_has_says_why_in_its_kept_state_until_it_can()
    {
        var forgetting = new ForgettingSink();
        forgetting.Lock(true);
        await using var pipeline = rig.Start(new SinkDefinition("forgetting", Quick, _ => forgetting) { State = KeptState.Own });
        rig.Source.Append(20);

        Eventually.Equal("IOException: locked by the test", () => rig.KeptLoadFault("forgetting"), rig.Tick);
        Eventually.Equal("IOException: locked by the test", () => StatusOf(pipeline, "forgetting").LoadFault, rig.Tick);
        Assert.Empty(forgetting.Numbers);

        forgetting.Lock(false);

        Eventually.Equal(20, () => forgetting.Numbers.Count, rig.Tick);
        Eventually.Equal(null, () => rig.KeptLoadFault("forgetting"), rig.Tick);
        Assert.Null(StatusOf(pipeline, "forgetting").LoadFault);
    }

    public async Task An_event_log_that_rests_after_a_failure_is_tried_once_more_at_the_end_and_no_other_sink_is()
    {
        FailingSink log = new(new SinkOutcome.Retry("no space left")), other = new(new SinkOutcome.Retry("down"));
        await using (var pipeline = rig.Start(Define("log", log) with { IsEventLog = true }, Define("other", other)))
        {
            rig.Source.Append(25);
            Eventually.True(() => pipeline.Statuses.All(status => status.Circuit.State == CircuitState.Open), () => string.Join("; ", pipeline.Statuses), rig.Tick);
            log.Recover();
            other.Recover();
        }

        Assert.Equal(Numbers(25), log.Numbers);
        Assert.Empty(other.Numbers);
    }

    public async Task While_telemetry_is_off_no_sink_but_the_event_log_gets_anything_and_then_all_goes_on()
    {
        var (log, sink, shown) = (new RecordingSink(), new RecordingSink(), new RecordingSink());
        await using var pipeline = rig.Start(Define("log", log) with { IsEventLog = true }, Define("sink", sink), Define("shown", shown) with { State = KeptState.None });

        // A sink that keeps no state begins with what comes next.
        Eventually.True(() => pipeline.Statuses.All(status => status.Accounts.Count > 0), () => pipeline.Statuses, rig.Tick);
        rig.Source.Append(5);
        Eventually.Equal((5L, 5L), () => (StatusOf(pipeline, "sink").Delivered, StatusOf(pipeline, "shown").Delivered));

        rig.WhyHeld = "enabled is false";
        rig.Source.Append(5);
        Eventually.Equal(10, () => log.Numbers.Count);
        var flushed = await pipeline.FlushAsync(["sink", "shown"], Eventually.DefaultBound);
        Eventually.True(() => log.Numbers.Count >= 30, between: BeatWithAnEvent);
        var (held, logs) = (StatusOf(pipeline, "sink"), StatusOf(pipeline, "log"));

        Assert.False(flushed);
        Assert.Equal((5, 5), (sink.Numbers.Count, shown.Numbers.Count));
        Assert.Equal(("enabled is false", false, null), (held.WhyHeld, held.IsElsewhere, logs.WhyHeld));
        rig.WhyHeld = null;
        var all = (int)rig.Source.Tail.Ordinal;
        Eventually.Equal((all, all), () => (sink.Numbers.Count, shown.Numbers.Count), rig.Tick);
        Assert.Equal(Numbers(all), sink.Numbers);
        Assert.Equal(Numbers(all), shown.Numbers);
        AssertBalanced(StatusOf(pipeline, "sink"));
    }

    public async Task A_sink_is_made_and_its_files_are_when_telemetry_is_switched_on()
    {
        var (log, sink, made) = (new RecordingSink(), new RecordingSink(), 0);
        SinkDefinition[] sinks = [Define("log", log) with { IsEventLog = true }, new("sink", Quick, _ =>
        {
            Interlocked.Increment(ref made);
            return sink;
        })];
        rig.WhyHeld = "enabled is false";
        await using (var off = rig.Start(sinks))
        {
            Eventually.True(() => log.Numbers.Count >= 10, between: BeatWithAnEvent);
        }

        Assert.Equal(0, Volatile.Read(ref made));
        Assert.Empty(Directory.GetFiles(rig.BaseDirectory, "sink.*", SearchOption.AllDirectories));
        rig.WhyHeld = null;
        await using var on = rig.Start(sinks);
        var all = (int)rig.Source.Tail.Ordinal;
        Eventually.Equal(all, () => sink.Numbers.Count, rig.Tick);
        Assert.Equal(Numbers(all), sink.Numbers);
    }

    public async Task A_sink_is_disposed_when_telemetry_is_switched_off_before_another_process_may_have_it_and_made_anew_when_it_is_on()
    {
        var (log, sink, own) = (new RecordingSink(), new RecordingSink(), new ForgettingSink());
        ConcurrentQueue<string> lives = [];
        await using var pipeline = rig.Start(
            Define("log", log) with { IsEventLog = true },
            new SinkDefinition("sink", Quick, _ => new MortalSink("sink", sink, rig.BaseDirectory, lives)),
            new SinkDefinition("own", Quick, _ => new MortalSink("own", own, rig.BaseDirectory, lives)) { State = KeptState.Own });
        rig.Source.Append(5);
        Eventually.Equal((5, 5), () => (sink.Numbers.Count, own.Numbers.Count), rig.Tick);

        rig.WhyHeld = "enabled is false";
        Eventually.Equal(2, () => lives.Count(life => life.Contains("disposed", StringComparison.Ordinal)), rig.Tick);
        Eventually.True(() => IsFree("sink") && IsFree("own"), between: rig.Tick);
        Eventually.True(() => log.Numbers.Count >= 20, between: BeatWithAnEvent);
        Assert.Equal(["own disposed, held", "own made", "sink disposed, held", "sink made"], lives.Order());

        rig.WhyHeld = null;
        var all = (int)rig.Source.Tail.Ordinal;
        Eventually.Equal((all, all), () => (sink.Numbers.Count, own.Numbers.Count), rig.Tick);
        Assert.Equal(["own disposed, held", "own made", "own made", "sink disposed, held", "sink made", "sink made"], lives.Order());
        Assert.Equal(Numbers(all), sink.Numbers);
        Assert.Equal(Numbers(all), own.Kept);
        AssertBalanced(StatusOf(pipeline, "sink"));
        AssertBalanced(StatusOf(pipeline, "own"));

        bool IsFree(string name)
        {
            using var hold = SinkHold.TryTake(DiskFileSystem.Instance, rig.BaseDirectory, name);
            return hold is not null;
        }
    }

    private void BeatWithAnEvent()
    {
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        rig.Source.Append(1);
    }

    // One life of a sink whose data outlive it; at its end it looks whether another process could have it already.
    private sealed class MortalSink : ISink, IKeepsAccounts
    {
        private readonly string _name;
        private readonly ISink _data;
        private readonly string _directory;
        private readonly ConcurrentQueue<string> _lives;

        public MortalSink(string name, ISink data, string directory, ConcurrentQueue<string> lives)
        {
            (_name, _data, _directory, _lives) = (name, data, directory, lives);
            lives.Enqueue($"{name} made");
        }

        public IReadOnlyList<SinkAccount> LoadAccounts() => (_data as IKeepsAccounts)?.LoadAccounts() ?? [];

        public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation) => _data.DeliverAsync(batch, cancellation);

        public ValueTask DisposeAsync()
        {
            using var hold = SinkHold.TryTake(DiskFileSystem.Instance, _directory, _name);
            _lives.Enqueue($"{_name} disposed, {(hold is null ? "held" : "free")}");
            return ValueTask.CompletedTask;
        }
    }
}
