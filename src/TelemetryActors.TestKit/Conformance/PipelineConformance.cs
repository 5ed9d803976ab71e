using System.Collections.Concurrent;
using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.TestKit.Conformance;

/// <summary>What every engine must do with the same definition. Inherit it once an engine.</summary>
public abstract class PipelineConformance : IDisposable
{
    // A test moves its clock far while a busy machine makes a call of a healthy sink wait: only the sink that hangs may run out of time.
    private static readonly SinkPolicy Quick = SinkPolicies.EventLog with
    {
        Circuit = CircuitPolicy.Remote,
        MaxBatchEvents = 10,
        CallTimeout = TimeSpan.FromHours(1),
        ProbeTimeout = TimeSpan.FromHours(1),
    };

    private readonly ConcurrentQueue<SinkTransition> _transitions = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetryactors-").FullName;

    /// <summary>The clock of the pipeline under test.</summary>
    protected ManualTime Time { get; } = new();

    /// <summary>The stream of the pipeline under test.</summary>
    protected MemoryEventSource Source { get; } = new();

    /// <summary>Starts a pipeline of the engine.</summary>
    protected abstract IPipelineUnderTest Start(PipelineSetup setup);

    /// <inheritdoc />
    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    [Trait("Feature", "S1.4")]
    public async Task Every_sink_gets_every_event_in_order()
    {
        RecordingSink[] sinks = [new(), new(), new()];
        await using var pipeline = Start([.. sinks.Select((sink, index) => Define($"sink-{index}", sink))]);

        Source.Append(100);

        foreach (var sink in sinks)
        {
            Eventually.Equal(100, () => sink.Numbers.Count);
            Assert.Equal(Numbers(100), sink.Numbers);
        }
    }

    [Fact]
    [Trait("Feature", "SK.6")]
    [Trait("Feature", "S1.17")]
    public async Task Three_sinks_keep_delivering_while_one_is_open_for_six_hours()
    {
        RecordingSink[] healthy = [new(), new(), new()];
        var failing = new FailingSink(new SinkOutcome.Retry("down"));
        await using var pipeline = Start([.. healthy.Select((sink, index) => Define($"sink-{index}", sink)), Define("broken", failing)]);
        Source.Append(50);

        Eventually.Equal(CircuitState.Open, () => StatusOf(pipeline, "broken").Circuit.State, Tick);
        var until = StatusOf(pipeline, "broken").Circuit.OpenUntil!.Value;
        Source.Append(50);
        foreach (var sink in healthy)
        {
            Eventually.Equal(100, () => sink.Numbers.Count);
        }

        Assert.Equal(6, failing.Calls);
        Assert.InRange(until - Time.GetUtcNow(), TimeSpan.FromHours(6) - TimeSpan.FromMinutes(5), TimeSpan.FromHours(6.6));
        failing.Recover();
        Time.AdvanceTo(until - TimeSpan.FromSeconds(2));
        Source.Append(1);
        Eventually.Equal(101, () => healthy[0].Numbers.Count);
        Assert.Equal(6, failing.Calls);
        Time.AdvanceTo(until);
        Eventually.Equal(101, () => failing.Numbers.Count, Tick);
        Assert.Equal(Numbers(101), failing.Numbers);
        Assert.Contains(_transitions, transition => transition is { Sink: "broken", Kind: SinkTransitionKind.Opened });
        Eventually.True(() => _transitions.Any(transition => transition is { Sink: "broken", Kind: SinkTransitionKind.Closed }));
    }

    [Fact]
    [Trait("Feature", "S1.14")]
    public async Task A_sink_that_hangs_holds_nobody_back_and_its_call_times_out()
    {
        var stalling = new StallingSink();
        var healthy = new RecordingSink();
        await using var pipeline = Start(Define("stalling", stalling), Define("healthy", healthy));
        Source.Append(30);
        Eventually.Equal(1, () => stalling.Calls);
        Eventually.Equal(30, () => healthy.Numbers.Count);

        Time.Advance(Quick.CallTimeout);
        Eventually.Equal("timeout", () => StatusOf(pipeline, "stalling").LastError, Tick);

        Assert.Equal(1, stalling.Calls);
        stalling.Release();
        Eventually.Equal(30L, () => StatusOf(pipeline, "stalling").Delivered, Tick);
        Assert.Equal(Numbers(10).Concat(Numbers(30)), stalling.Numbers);
    }

    [Fact]
    [Trait("Feature", "S1.17")]
    [Trait("Feature", "SK.9")]
    public async Task A_call_that_hangs_on_fails_once_for_each_of_its_time_limits_and_the_sixth_opens_the_circuit_as_of_a_dead_sink()
    {
        var stalling = new StallingSink();
        await using var pipeline = Start(Define("stalling", stalling));
        var begun = Time.GetUtcNow();
        Source.Append(30);
        Eventually.Equal(1, () => stalling.Calls);

        for (var failures = 1; failures <= 6; failures++)
        {
            Time.Advance(Quick.CallTimeout);
            Eventually.Equal(failures, () => StatusOf(pipeline, "stalling").Circuit.FailuresInARow, Tick);
            Assert.Equal(failures == 6 ? CircuitState.Open : CircuitState.Closed, StatusOf(pipeline, "stalling").Circuit.State);
        }

        Assert.Equal((1, begun, true), (stalling.Calls, StatusOf(pipeline, "stalling").Call!.Since, StatusOf(pipeline, "stalling").Call!.IsGivenUp));
        var until = StatusOf(pipeline, "stalling").Circuit.OpenUntil!.Value;
        Eventually.Equal((begun, true, 6), () => KeptCall("stalling"), Tick);
        stalling.Release();
        Eventually.Equal(null, () => StatusOf(pipeline, "stalling").Call, Tick);
        Time.AdvanceTo(until - TimeSpan.FromHours(1));
        Eventually.Equal(null, () => KeptCall("stalling"), Tick);
        Assert.Equal((1, until), (stalling.Calls, StatusOf(pipeline, "stalling").Circuit.OpenUntil));
        Time.AdvanceTo(until);
        Eventually.Equal(30L, () => StatusOf(pipeline, "stalling").Delivered, Tick);
        Assert.Equal(CircuitState.Closed, StatusOf(pipeline, "stalling").Circuit.State);
        Assert.Equal(Numbers(10).Concat(Numbers(30)), stalling.Numbers);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public async Task Operators_commands_are_carried_out_while_a_call_hangs()
    {
        var stalling = new StallingSink();
        await using var pipeline = Start(Define("stalling", stalling));
        Source.Append(10);
        Eventually.Equal(1, () => stalling.Calls);
        Time.Advance(Quick.CallTimeout);
        Eventually.Equal(1, () => StatusOf(pipeline, "stalling").Circuit.FailuresInARow, Tick);

        pipeline.Command("stalling", new SinkCommand(SinkCommandKind.Pause, "ops", Time.GetUtcNow(), "a test"));
        pipeline.Command("stalling", new SinkCommand(SinkCommandKind.Reset, "ops", Time.GetUtcNow(), "a test"));
        Eventually.Equal((true, 0), () => (StatusOf(pipeline, "stalling").IsPaused, StatusOf(pipeline, "stalling").Circuit.FailuresInARow), Tick);

        stalling.Release();
        Eventually.Equal(null, () => StatusOf(pipeline, "stalling").Call, Tick);
        pipeline.Command("stalling", new SinkCommand(SinkCommandKind.Resume, "ops", Time.GetUtcNow(), "a test"));
        Eventually.Equal(10L, () => StatusOf(pipeline, "stalling").Delivered, Tick);
        Assert.Equal(3, _transitions.Count(transition => transition.Kind == SinkTransitionKind.Commanded));
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public async Task A_call_that_takes_its_time_is_kept_for_who_looks_from_outside_and_so_is_that_it_was_given_up()
    {
        var stalling = new StallingSink();
        await using var pipeline = Start(Define("stalling", stalling));
        var begun = Time.GetUtcNow();
        Source.Append(30);
        Eventually.Equal(1, () => stalling.Calls);

        Eventually.Equal((begun, false, 0), () => KeptCall("stalling"), Tick);
        Time.Advance(Quick.CallTimeout);
        Eventually.Equal((begun, true, 1), () => KeptCall("stalling"), Tick);

        stalling.Release();
        Eventually.Equal(null, () => KeptCall("stalling"), Tick);
    }

    [Fact]
    [Trait("Feature", "S1.17")]
    public async Task A_call_that_the_end_cuts_off_is_a_failure_when_it_had_its_chance_and_its_batch_waits()
    {
        var stalling = new StallingSink();
        var pipeline = Start(Define("stalling", stalling) with { Policy = Quick with { WhenExhausted = WhenExhausted.Discard, RetryDelays = [] } });
        Source.Append(30);
        Eventually.Equal(1, () => stalling.Calls);

        var ending = pipeline.DisposeAsync().AsTask();
        Eventually.Equal((1, true), () => Kept("stalling"), () => Time.Advance(TimeSpan.FromMilliseconds(100)));
        stalling.Release();
        Eventually.True(() => ending.IsCompleted, between: Tick);
        await ending;

        Assert.Contains(_transitions, transition => transition is { Sink: "stalling", Kind: SinkTransitionKind.UploadFailed, Cause: { } cause } && cause.EndsWith("; kept", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Feature", "S1.1")]
    public async Task A_sink_that_throws_is_made_anew_and_loses_nothing()
    {
        var throwing = new ThrowingSink(times: 3);
        var made = 0;
        var definition = new SinkDefinition("throwing", Quick, _ =>
        {
            Interlocked.Increment(ref made);
            return throwing;
        });
        await using var pipeline = Start(definition);

        Source.Append(10);

        Eventually.Equal(10, () => throwing.Numbers.Count, Tick);
        Assert.Equal(4, Volatile.Read(ref made));
        Eventually.Equal(3, () => StatusOf(pipeline, "throwing").Restarts);
    }

    [Fact]
    [Trait("Feature", "S1.1")]
    [Trait("Feature", "SK.4")]
    public async Task A_sink_that_has_something_to_do_without_events_does_it_at_each_heartbeat_while_it_is_not_called()
    {
        var idling = new IdlingSink();
        await using var pipeline = Start(new SinkDefinition("idling", Quick, _ => idling));
        Source.Append(1);
        Eventually.Equal(1, () => idling.Numbers.Count);

        var before = idling.Turns;
        Eventually.True(() => idling.Turns >= before + 3, () => idling.Turns, Tick);
        idling.Stall();
        Source.Append(1);
        Eventually.Equal(2, () => idling.Calls, Tick);
        before = idling.Turns;
        Time.Advance(TimeSpan.FromSeconds(10));
        idling.Release();
        Eventually.True(() => idling.Turns > before, () => idling.Turns, Tick);

        Assert.False(idling.WasDisturbed);
        Assert.Equal(Numbers(2), idling.Numbers);
    }

    [Fact]
    [Trait("Feature", "S1.1")]
    [Trait("Feature", "SK.4")]
    public async Task What_a_sinks_idle_work_throws_is_told_once_and_the_sink_goes_on()
    {
        var idling = new IdlingSink { Fault = new InvalidOperationException("thrown by the test") };
        await using var pipeline = Start(new SinkDefinition("idling", Quick, _ => idling));
        Source.Append(1);
        Eventually.True(() => idling.Turns >= 3, () => idling.Turns, Tick);

        Source.Append(1);
        Eventually.Equal(2, () => idling.Numbers.Count, Tick);

        Assert.Single(_transitions, transition => transition is { Sink: "idling", Kind: SinkTransitionKind.StateFault });
        Assert.Contains("the sink's idle work", StatusOf(pipeline, "idling").LastError);
        Assert.Equal(0, StatusOf(pipeline, "idling").Restarts);
    }

    [Fact]
    [Trait("Feature", "S1.1")]
    [Trait("Feature", "SK.5")]
    public async Task A_sink_that_keeps_its_accounts_and_threw_says_what_it_has_before_it_gets_more()
    {
        var forgetting = new ForgettingSink();
        await using var pipeline = Start(new SinkDefinition("forgetting", Quick, _ => forgetting) { State = KeptState.Own });
        Source.Append(20);
        Eventually.Equal(20, () => forgetting.Numbers.Count, Tick);

        forgetting.ForgetAndThrow();
        Source.Append(5);

        Eventually.Equal(25, () => forgetting.Numbers.Distinct().Count(), Tick);
        Assert.Equal(Numbers(25), forgetting.Kept);
        Assert.All(StatusOf(pipeline, "forgetting").Accounts, account => Assert.True(account.IsBalanced, account.ToString()));
    }

    [Fact]
    public async Task Accepted_is_delivered_and_dropped_and_dead_lettered_and_pending()
    {
        var refusing = new FailingSink(new SinkOutcome.PartlyDelivered([new RejectedItem(0, "refused"), new RejectedItem(1, "private", DropReason.Privacy)]));
        Source.Append(40);

        await using var pipeline = Start(Define("refusing", refusing));

        Eventually.Equal(4L, () => StatusOf(pipeline, "refusing").DeadLettered);
        var status = StatusOf(pipeline, "refusing");
        Assert.All(status.Accounts, account => Assert.True(account.IsBalanced, account.ToString()));
        Assert.Equal((40L, 0L, 4L, 32L), (status.Accepted, status.Pending, status.Dropped, status.Delivered));
        Eventually.Equal(4, () => File.Exists(DeadLetters("refusing")) ? File.ReadLines(DeadLetters("refusing")).Count() : 0);
    }

    [Fact]
    [Trait("Feature", "D.8")]
    public async Task Each_sink_gets_what_its_privacy_policy_lets_through()
    {
        RecordingSink open = new(), stripping = new(), rejecting = new();
        Source.Append(10);
        Source.Append("""{"ts":"2026-03-01T12:00:00Z","event":"login","details":{"n":10},"user_id":"jane"}"""u8.ToArray());

        await using var pipeline = Start(
            Define("open", open),
            Define("stripping", stripping) with { Policy = Quick with { Privacy = PrivacyPolicy.Strip } },
            Define("rejecting", rejecting) with { Policy = Quick with { Privacy = PrivacyPolicy.Reject } });

        Eventually.Equal(1L, () => StatusOf(pipeline, "rejecting").Accounts.Sum(account => account.Dropped[DropReason.Privacy]));
        Eventually.Equal(11, () => open.Numbers.Count);
        Eventually.Equal(11, () => stripping.Numbers.Count);
        Assert.Equal(Numbers(10), rejecting.Numbers);
        Assert.All(pipeline.Statuses.SelectMany(status => status.Accounts), account => Assert.True(account.IsBalanced, account.ToString()));
    }

    [Fact]
    public async Task A_restart_keeps_the_cursor_and_the_end_of_the_open_time()
    {
        var recording = new RecordingSink();
        var failing = new FailingSink(new SinkOutcome.Misconfigured("no such bucket"));
        await using (var first = Start(Define("good", recording), Define("bad", failing)))
        {
            Source.Append(20);
            Eventually.Equal(20, () => recording.Numbers.Count);
            Eventually.Equal(CircuitState.Open, () => StatusOf(first, "bad").Circuit.State);
        }

        var until = _transitions.First(transition => transition.Kind == SinkTransitionKind.Misconfigured).OpenUntil;
        Time.Advance(TimeSpan.FromHours(2));
        await using var second = Start(Define("good", recording), Define("bad", failing));
        Source.Append(5);

        Eventually.Equal(25, () => recording.Numbers.Count);
        Assert.Equal(Numbers(25), recording.Numbers);
        Eventually.Equal(until, () => StatusOf(second, "bad").Circuit.OpenUntil);
        Assert.Equal(1, failing.Calls);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public async Task Operators_pause_resume_and_reset_through_the_command_file()
    {
        var failing = new FailingSink(new SinkOutcome.Misconfigured("401"));
        await using var pipeline = Start(Define("sink", failing));
        Source.Append(10);
        Eventually.Equal(CircuitState.Open, () => StatusOf(pipeline, "sink").Circuit.State);

        failing.Recover();
        Command(pipeline, SinkCommandKind.Pause);
        Eventually.Equal(true, () => StatusOf(pipeline, "sink").IsPaused, Tick);
        Command(pipeline, SinkCommandKind.Reset);
        Eventually.Equal(CircuitState.Closed, () => StatusOf(pipeline, "sink").Circuit.State, Tick);
        Assert.Equal(1, failing.Calls);
        Command(pipeline, SinkCommandKind.Resume);

        Eventually.Equal(10, () => failing.Numbers.Count, Tick);
        Eventually.Equal(3, () => _transitions.Count(transition => transition.Kind == SinkTransitionKind.Commanded));
    }

    [Fact]
    [Trait("Feature", "S2.13")]
    public async Task A_flush_to_a_sink_that_is_not_there_is_false_and_reaches_those_that_are()
    {
        var recording = new RecordingSink();
        await using var pipeline = Start(Define("slow", recording) with { Policy = SinkPolicies.Upload });
        Source.Append(3);

        Assert.False(await pipeline.FlushAsync(["slow", "slwo"], TimeSpan.FromMinutes(1)));

        Assert.Equal(3, recording.Numbers.Count);
    }

    [Fact]
    [Trait("Feature", "S2.13")]
    public async Task A_flush_sends_a_batch_that_is_not_full_and_is_false_for_an_open_sink()
    {
        var recording = new RecordingSink();
        var failing = new FailingSink(new SinkOutcome.Misconfigured("401"));
        var slow = Define("slow", recording) with { Policy = SinkPolicies.Upload };
        await using var pipeline = Start(slow, Define("open", failing));
        Source.Append(3);
        Eventually.Equal(CircuitState.Open, () => StatusOf(pipeline, "open").Circuit.State);

        var flushed = await pipeline.FlushAsync(["slow"], TimeSpan.FromMinutes(1));
        var refused = await pipeline.FlushAsync(["open"], TimeSpan.FromMinutes(1));

        Assert.True(flushed);
        Assert.False(refused);
        Assert.Equal(3, recording.Numbers.Count);
    }

    [Fact]
    [Trait("Feature", "S1.6")]
    public async Task What_is_not_due_stays_at_the_end_when_the_definition_says_so_and_its_wait_goes_on()
    {
        var (patient, eager) = (new RecordingSink(), new RecordingSink());
        SinkDefinition[] sinks = [Define("eager", eager) with { Policy = SinkPolicies.Upload }, Define("patient", patient) with { Policy = SinkPolicies.Upload, SendsOnlyWhatIsDue = true }];
        await using (var first = Start(sinks))
        {
            Source.Append(3);
            Eventually.Equal(3L, () => StatusOf(first, "patient").Pending);
        }

        Assert.Equal(3, eager.Numbers.Count);
        Assert.Empty(patient.Numbers);

        Time.Advance(SinkPolicies.Upload.FlushInterval);
        await using (var second = Start(sinks))
        {
            Eventually.Equal(3, () => patient.Numbers.Count);
        }

        Assert.Equal(Numbers(3), patient.Numbers);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public async Task A_replay_delivers_a_stretch_once_more_beside_the_cursor()
    {
        var recording = new RecordingSink();
        await using var pipeline = Start(Define("sink", recording));
        Source.Append(30);
        Eventually.Equal(30, () => recording.Numbers.Count);

        pipeline.Command("sink", Replay(5, 15));
        Eventually.Equal(40, () => recording.Numbers.Count, Tick);
        Source.Append(5);

        Eventually.Equal(45, () => recording.Numbers.Count, Tick);
        Assert.Equal(Numbers(30).Concat(Numbers(15).Skip(5)).Concat(Numbers(35).Skip(30)), recording.Numbers);
        Eventually.Equal((45L, 45L, 0L), () => StatusOf(pipeline, "sink") is var status ? (status.Accepted, status.Delivered, status.Pending) : default, Tick);
        AssertBalanced(StatusOf(pipeline, "sink"));
        Assert.Contains(_transitions, transition => transition is { Kind: SinkTransitionKind.Commanded, Events: 10 });
    }

    [Fact]
    public async Task A_replay_under_way_goes_on_after_a_restart()
    {
        var recording = new RecordingSink();
        var definition = Define("sink", recording);
        await using (var first = Start(definition))
        {
            Source.Append(30);
            Eventually.Equal(30, () => recording.Numbers.Count);
            Command(first, SinkCommandKind.Pause);
            Eventually.Equal(true, () => StatusOf(first, "sink").IsPaused, Tick);
            first.Command("sink", Replay(0, 30));
            Eventually.Equal(30L, () => StatusOf(first, "sink").Pending, Tick);
        }

        await using var second = Start(definition);
        Command(second, SinkCommandKind.Resume);

        Eventually.Equal(60, () => recording.Numbers.Count, Tick);
        Assert.Equal(Numbers(30).Concat(Numbers(30)), recording.Numbers);
        Eventually.Equal(0L, () => StatusOf(second, "sink").Pending, Tick);
        AssertBalanced(StatusOf(second, "sink"));
    }

    [Fact]
    public async Task A_replay_repeats_the_bounds_that_its_sink_has_already()
    {
        var keyed = new KeyedSink();
        await using var pipeline = Start(Define("sink", keyed) with { Policy = Quick with { FlushEvents = 7, FlushInterval = TimeSpan.FromDays(1) } });
        for (var batch = 0; batch < 5; batch++)
        {
            Source.Append(7);
            Eventually.Equal(7 * (batch + 1), () => keyed.Stored.Values.Sum(numbers => numbers.Count));
        }

        var before = keyed.Stored.Keys.Order().ToList();
        keyed.Lose(before[2]);
        pipeline.Command("sink", Replay(3, 35));

        Eventually.Equal(35L + 35L, () => StatusOf(pipeline, "sink").Delivered, Tick);
        Assert.Equal(before, keyed.Stored.Keys.Order());
        Assert.Equal(Numbers(35), keyed.Stored.OrderBy(stored => stored.Key).SelectMany(stored => stored.Value));
        AssertBalanced(StatusOf(pipeline, "sink"));
    }

    [Fact]
    public async Task A_replay_whose_bounds_come_in_parts_begins_and_one_that_is_refused_is_skipped_and_told()
    {
        var keyed = new KeyedSink();
        await using var pipeline = Start(Define("sink", keyed));
        Source.Append(7);
        Eventually.Equal(7L, () => StatusOf(pipeline, "sink").Delivered);

        keyed.FailSearches(new TimeoutException("there is more"), new TimeoutException("there is more"));
        pipeline.Command("sink", Replay(0, 7));
        Eventually.Equal(14L, () => StatusOf(pipeline, "sink").Delivered, Tick);
        keyed.FailSearches(new UnauthorizedAccessException("403 AccessDenied"));
        pipeline.Command("sink", Replay(0, 7));
        Eventually.Equal(7L, () => StatusOf(pipeline, "sink").Dropped, Tick);

        Assert.Equal((14L, 0L), StatusOf(pipeline, "sink") is var status ? (status.Delivered, status.Pending) : default);
        Assert.Equal(["replay refused, 7 events skipped: 403 AccessDenied"], _transitions.Where(transition => transition.Kind == SinkTransitionKind.StateFault).Select(transition => transition.Cause));
        AssertBalanced(StatusOf(pipeline, "sink"));
    }

    [Fact]
    public async Task Dead_letters_that_are_put_back_are_delivered_and_are_dead_no_longer()
    {
        var refusing = new FailingSink(new SinkOutcome.PartlyDelivered([new RejectedItem(0, "too long"), new RejectedItem(1, "no such user")]));
        await using var pipeline = Start(Define("sink", refusing));
        Source.Append(10);
        Eventually.Equal(2, () => LettersIn("sink"));

        refusing.Recover();
        pipeline.Command("sink", Letters(SinkCommandKind.Retry, new DeadLetterSelection { Reason = "TOO LONG" }));
        Eventually.Equal(1, () => refusing.Numbers.Count, Tick);

        Assert.Equal([0], refusing.Numbers);
        Eventually.Equal(1, () => LettersIn("sink"), Tick);
        Eventually.Equal((10L, 9L, 0L, 1L), () => Counts(pipeline), Tick);
        AssertBalanced(StatusOf(pipeline, "sink"));
        Eventually.True(() => Directory.GetFiles(Path.Combine(_directory, "dead")).Length == 1, between: Tick);
    }

    [Fact]
    public async Task A_dead_letter_that_is_refused_again_is_a_dead_letter_again()
    {
        var refusing = new FailingSink(new SinkOutcome.Rejected("never"));
        await using var pipeline = Start(Define("sink", refusing));
        Source.Append(1);
        Eventually.Equal(1, () => LettersIn("sink"));

        pipeline.Command("sink", Letters(SinkCommandKind.Retry, new DeadLetterSelection()));
        Eventually.Equal(2, () => refusing.Calls, Tick);

        Eventually.True(() => LettersIn("sink") == 1 && File.ReadAllText(DeadLetters("sink")).Contains("\"attempt\":2", StringComparison.Ordinal), between: Tick);
        Eventually.Equal((1L, 0L, 0L, 1L), () => Counts(pipeline), Tick);
        Assert.Equal(0, Lines.NumberOf(EventOf(File.ReadAllLines(DeadLetters("sink")).Single())));
    }

    [Fact]
    public async Task Purged_dead_letters_are_dropped_and_counted()
    {
        var refusing = new FailingSink(new SinkOutcome.PartlyDelivered([new RejectedItem(3, "bad"), new RejectedItem(4, "bad"), new RejectedItem(5, "worse")]));
        await using var pipeline = Start(Define("sink", refusing));
        Source.Append(10);
        Eventually.Equal(3, () => LettersIn("sink"));

        pipeline.Command("sink", Letters(SinkCommandKind.Purge, new DeadLetterSelection { Reason = "bad" }));

        Eventually.Equal((10L, 7L, 0L, 1L), () => Counts(pipeline), Tick);
        Assert.Equal(2, StatusOf(pipeline, "sink").Redeliveries[0].Dropped[DropReason.Purged]);
        Eventually.Equal(1, () => LettersIn("sink"), Tick);
        AssertBalanced(StatusOf(pipeline, "sink"));
    }

    private static (long Accepted, long Delivered, long Pending, long Dead) Counts(IPipelineUnderTest pipeline) =>
        StatusOf(pipeline, "sink") is var status ? (status.Accepted, status.Delivered, status.Pending, status.DeadLettered) : default;

    // Since when, whether it was given up, and the failures in a row that the circuit has.
    private (DateTimeOffset Since, bool IsGivenUp, int Failures)? KeptCall(string sink)
    {
        var path = Path.Combine(_directory, "state", "sinks", $"{sink}.json");
        if (!File.Exists(path))
        {
            return null;
        }

        using var state = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(path));
        return !state.RootElement.TryGetProperty("call", out var call) ? null : (
            call.GetProperty("since").GetDateTimeOffset(),
            call.GetProperty("given_up").GetBoolean(),
            state.RootElement.GetProperty("circuit").GetProperty("failures_in_a_row").GetInt32());
    }

    private static void AssertBalanced(SinkStatus status) =>
        Assert.All(status.Accounts.Concat(status.Redeliveries), account => Assert.True(account.IsBalanced, account.ToString()));

    private static byte[] EventOf(string letter) => System.Text.Encoding.UTF8.GetBytes(System.Text.Json.JsonDocument.Parse(letter).RootElement.GetProperty("event").GetRawText());

    private static SinkDefinition Define(string name, ISink sink) => new(name, Quick, _ => sink);

    private static IEnumerable<long> Numbers(int count) => Enumerable.Range(0, count).Select(number => (long)number);

    private static SinkStatus StatusOf(IPipelineUnderTest pipeline, string sink) => pipeline.Statuses.Single(status => status.Name == sink);

    // What the next process will know of the circuit, and whether it says that the program ended.
    private (int Failures, bool IsOfTheEnd) Kept(string sink)
    {
        var path = Path.Combine(_directory, "state", "sinks", $"{sink}.json");
        if (!File.Exists(path))
        {
            return default;
        }

        using var state = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(path));
        var circuit = state.RootElement.GetProperty("circuit");
        return (circuit.GetProperty("failures_in_a_row").GetInt32(), circuit.TryGetProperty("cause", out var cause) && cause.GetString()?.EndsWith("at the end of the program", StringComparison.Ordinal) == true);
    }

    private IPipelineUnderTest Start(params SinkDefinition[] sinks) =>
        Start(new PipelineSetup(new PipelineDefinition(sinks), Source, Time, _directory, _transitions.Enqueue));

    private void Command(IPipelineUnderTest pipeline, SinkCommandKind kind) =>
        pipeline.Command("sink", new SinkCommand(kind, "ops", Time.GetUtcNow(), "a test"));

    private SinkCommand Replay(int from, int to) => new(SinkCommandKind.Replay, "ops", Time.GetUtcNow(), "a test")
    {
        Replay = new ReplayRequest(new ReplayTime(Time.GetUtcNow(), Time.GetUtcNow()), [new ReplayStretch(Source.Slot, Source.At(from), Source.At(to))]),
    };

    private SinkCommand Letters(SinkCommandKind kind, DeadLetterSelection letters) => new(kind, "ops", Time.GetUtcNow(), "a test") { Letters = letters };

    private int LettersIn(string sink) => File.Exists(DeadLetters(sink)) ? File.ReadLines(DeadLetters(sink)).Count() : 0;

    private string DeadLetters(string sink) => Path.Combine(_directory, "dead", $"{sink}.ndjson");

    private void Tick() => Time.Advance(TimeSpan.FromMilliseconds(100));
}
