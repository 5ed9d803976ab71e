using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class SupervisionSpec : Akka.TestKit.Xunit2.TestKit
{
    private readonly ManualTime _time;
    private readonly EngineRig _rig;

    public SupervisionSpec()
        : this(new ManualTime())
    {
    }

    private SupervisionSpec(ManualTime time)
        : base(ManualScheduler.On(time).WithFallback(SpecSettings.Quiet))
    {
        _time = time;
        _rig = new EngineRig(time);
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    [Trait("Feature", "SK.9")]
    public async Task A_sink_that_throws_is_started_anew_with_back_off_and_others_do_not_notice()
    {
        var (throwing, healthy) = (new ThrowingSink(times: 3), new RecordingSink());
        var transitions = CreateTestProbe();
        Sys.EventStream.Subscribe(transitions, typeof(SinkTransition));
        await using var engine = Start(EngineRig.Define("throwing", throwing), EngineRig.Define("healthy", healthy));

        _rig.Source.Append(10);
        Eventually.Equal(10, () => healthy.Numbers.Count);
        Eventually.Equal(10, () => throwing.Numbers.Count, _rig.Tick);

        var restarts = Enumerable.Range(0, 3).Select(_ => (SinkTransition)transitions.FishForMessage(message => message is SinkTransition { Kind: SinkTransitionKind.Restarted })).ToList();
        Assert.All(restarts, restart => Assert.Equal("throwing", restart.Sink));
        Assert.True(restarts[1].At - restarts[0].At >= TimeSpan.FromMilliseconds(100), $"{restarts[1].At - restarts[0].At}");
        Assert.True(restarts[2].At - restarts[1].At >= TimeSpan.FromMilliseconds(200), $"{restarts[2].At - restarts[1].At}");
        Assert.Equal((0, 3), (Restarts(engine, "healthy"), Restarts(engine, "throwing")));
    }

    [Theory]
    [Trait("Feature", "SK.4")]
    [Trait("Feature", "SK.5")]
    [InlineData("buffer", false)]
    [InlineData("writer-slots", false)]
    [InlineData("runs", false)]
    [InlineData("sink-good", false)]
    [InlineData("sink-good/sink", false)]
    [InlineData("sink-good/files", false)]
    [InlineData("buffer", true)]
    [InlineData("writer-slots", true)]
    [InlineData("runs", true)]
    [InlineData("sink-good", true)]
    [InlineData("sink-good/sink", true)]
    [InlineData("sink-good/files", true)]
    public async Task An_actor_that_is_killed_or_stopped_is_started_anew_and_at_most_the_batch_under_way_goes_again(string path, bool isStopped)
    {
        var (good, other) = (new RecordingSink(), new RecordingSink());
        await using var engine = Start(EngineRig.Define("good", good), EngineRig.Define("other", other));
        _rig.Source.Append(25);
        Eventually.Equal(25L, () => engine.Statuses[0].Delivered, _rig.Tick);
        Eventually.Equal(25L, () => engine.Statuses[1].Delivered, _rig.Tick);

        var before = Watch(await Find(engine, path));
        before.Tell(isStopped ? PoisonPill.Instance : Kill.Instance);
        if (isStopped)
        {
            ExpectTerminated(before);
        }

        _rig.Source.Append(25);

        Eventually.Equal(50, () => good.Numbers.Distinct().Count(), _rig.Tick);
        Eventually.Equal(50, () => other.Numbers.Count, _rig.Tick);
        Assert.Equal(Enumerable.Range(0, 25).Select(number => (long)number), good.Numbers.Where(number => number < 25));
        Assert.Equal(Enumerable.Range(0, 50).Select(number => (long)number), good.Numbers.Distinct());
        Assert.InRange(good.Numbers.Count, 50, 60);
        Assert.Equal(Enumerable.Range(0, 50).Select(number => (long)number), other.Numbers.Distinct());
        AssertTakesBatches(engine);
        Assert.False((await Find(engine, path)).IsNobody());
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public async Task Actors_that_cannot_be_made_are_made_later()
    {
        var (looks, sink) = (0, new RecordingSink());
        var environment = _rig.Environment with
        {
            Sources = () => Interlocked.Increment(ref looks) <= 6 ? throw new InvalidOperationException("thrown by the test") : [_rig.Source],
        };
        await using var engine = StartIn(environment, EngineRig.Define("sink", sink));

        _rig.Source.Append(25);

        Eventually.Equal(25, () => sink.Numbers.Count, _rig.Tick);
        AssertTakesBatches(engine);
    }

    [Fact]
    [Trait("Feature", "SK.4")]
    [Trait("Feature", "SK.5")]
    public void A_stream_that_breaks_as_soon_as_it_runs_is_run_anew_after_a_pause_each_time()
    {
        var looks = 0;
        var environment = _rig.Environment with
        {
            Sources = () => Interlocked.Increment(ref looks) > 0 ? throw new InvalidOperationException("thrown by the test") : [],
        };
        var began = _time.GetUtcNow();
        Sys.Settings.InjectTopLevelFallback(EngineSettings.Reference);
        Sys.ActorOf(BufferActor.Props(environment, [(EngineRig.Define("sink", new RecordingSink()), TestActor)], new ThreadLife()));

        Eventually.True(() => Volatile.Read(ref looks) >= 12, () => looks, () => _time.Advance(TimeSpan.FromMilliseconds(100)));

        // A stream looks once or twice before it breaks.
        Assert.InRange(Volatile.Read(ref looks), 12, 2 * (2 + (int)(_time.GetUtcNow() - began).TotalSeconds));
    }

    [Theory]
    [Trait("Feature", "SK.5")]
    [Trait("Feature", "SK.6")]
    [InlineData("sink-held", false)]
    [InlineData("sink-held/sink", false)]
    [InlineData("sink-held/files", false)]
    [InlineData("sink-held/sink", true)]
    public async Task A_call_under_way_is_cancelled_and_no_other_begins_before_it_has_ended(string path, bool isStopped)
    {
        var (held, other) = (new HeldSink(), new RecordingSink());
        await using var engine = Start(EngineRig.Define("held", held), EngineRig.Define("other", other));
        _rig.Source.Append(5);
        Eventually.Equal(1, () => held.Calls);

        Watch(await Find(engine, path)).Tell(isStopped ? PoisonPill.Instance : Kill.Instance);
        Eventually.True(() => held.WasCancelled, () => engine.Statuses[0], _rig.Tick);
        _rig.Source.Append(20);
        Eventually.Equal(25, () => other.Numbers.Distinct().Count(), _rig.Tick);
        PassHeartbeats(5);
        Assert.Equal((1, 1), (held.Calls, engine.Statuses[0].Circuit.FailuresInARow));
        held.Release();

        Eventually.Equal(25L, () => engine.Statuses[0].Delivered, _rig.Tick);
        Assert.Equal(1, held.MostAtOnce);
        Assert.Equal(Enumerable.Range(0, 5).Select(number => (long)number), held.Numbers.Take(5));
        Assert.Equal(Enumerable.Range(0, 25).Select(number => (long)number), held.Numbers.Distinct());
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public async Task What_was_decided_outlives_a_supervisor_that_is_started_anew()
    {
        var (good, other) = (new RecordingSink(), new RecordingSink());
        var begin = new SlotTail(_rig.Source.Slot, _rig.Source.Tail);
        await using var engine = StartIn(_rig.Environment with { StartTails = [begin] }, EngineRig.Define("good", good) with { State = KeptState.None }, EngineRig.Define("other", other));
        _rig.Source.Append(25);
        Eventually.Equal(25L, () => engine.Statuses[0].Delivered, _rig.Tick);
        engine["good"].Execute(new SinkCommand(SinkCommandKind.Pause, "ops", _time.GetUtcNow(), null));
        var sink = await Find(engine, "sink-good/sink");

        Watch(await Find(engine, "sink-good")).Tell(Kill.Instance);
        ExpectTerminated(Watch(sink));
        _rig.Source.Append(10);
        Eventually.Equal(35, () => other.Numbers.Count, _rig.Tick);
        PassHeartbeats(5);

        Assert.Equal((true, 25L, 25), (engine.Statuses[0].IsPaused, engine.Statuses[0].Delivered, good.Numbers.Count));
        engine["good"].Execute(new SinkCommand(SinkCommandKind.Resume, "ops", _time.GetUtcNow(), null));
        engine.Wake("good");
        Eventually.Equal(35L, () => engine.Statuses[0].Delivered, _rig.Tick);
        Assert.Equal(Enumerable.Range(0, 35).Select(number => (long)number), good.Numbers);
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public async Task A_supervisor_that_was_started_anew_sends_its_probe_though_nothing_new_comes()
    {
        var failing = new FailingSink(new SinkOutcome.Misconfigured("no such bucket"));
        await using var engine = Start(EngineRig.Define("failing", failing));
        _rig.Source.Append(5);
        Eventually.Equal(CircuitState.Open, () => engine.Statuses[0].Circuit.State, _rig.Tick);

        Watch(await Find(engine, "sink-failing")).Tell(Kill.Instance);
        failing.Recover();

        // Hours may pass before its probe, none during it.
        Eventually.Equal(5L, () => engine.Statuses[0].Delivered, () => _time.Advance(engine.Statuses[0].IsBusy ? TimeSpan.Zero : TimeSpan.FromMinutes(5)));
        Assert.Equal(CircuitState.Closed, engine.Statuses[0].Circuit.State);
    }

    [Fact]
    [Trait("Feature", "SK.6")]
    public async Task A_late_outcome_changes_nothing_and_the_batch_goes_again()
    {
        var stalling = new StallingSink();
        await using var engine = Start(EngineRig.Define("stalling", stalling));
        _rig.Source.Append(5);
        Eventually.Equal(1, () => stalling.Calls);
        _time.Advance(EngineRig.CallTimeout);
        Eventually.Equal("timeout", () => engine.Statuses[0].LastError, _rig.Tick);

        Assert.Equal((0L, 5L), (engine.Statuses[0].Delivered, engine.Statuses[0].Pending));
        stalling.Release();
        Eventually.Equal(2, () => stalling.Calls, _rig.Tick);

        Eventually.Equal(5L, () => engine.Statuses[0].Delivered, _rig.Tick);
        Assert.Equal([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], stalling.Numbers);
    }

    [Fact]
    [Trait("Feature", "SK.6")]
    public async Task A_sink_that_hangs_at_the_end_takes_no_more_than_the_budget()
    {
        var (stalling, healthy) = (new StallingSink(), new RecordingSink());
        var engine = Start(EngineRig.Define("stalling", stalling), EngineRig.Define("healthy", healthy));
        _rig.Source.Append(5);
        Eventually.Equal(1, () => stalling.Calls);
        Eventually.Equal(5, () => healthy.Numbers.Count);

        var stopped = engine.StopAsync();
        Eventually.True(() => stopped.IsCompleted, between: _rig.Tick);

        Assert.False(await stopped);
        Watch(engine.Guardian);
        stalling.Release();
        ExpectTerminated(engine.Guardian);
    }

    [Theory]
    [Trait("Feature", "SK.5")]
    [InlineData("buffer")]
    [InlineData("sink-held/files")]
    public async Task Who_ends_while_all_is_drained_comes_back_and_the_drain_ends(string path)
    {
        var held = new HeldSink();
        var pipeline = new PipelineDefinition([EngineRig.Define("held", held)]) { Supervision = new SupervisionPolicy { ShutdownBudget = TimeSpan.FromHours(1) } };
        var engine = new AkkaEngine(Sys, pipeline, _rig.Environment);
        engine.Start();
        _rig.Source.Append(5);
        Eventually.Equal(1, () => held.Calls);
        var (runs, ending) = (Watch(await Find(engine, "runs")), Watch(await Find(engine, path)));

        var stopped = engine.StopAsync();
        ExpectTerminated(runs);
        ending.Tell(PoisonPill.Instance);
        ExpectTerminated(ending);
        held.Release();
        Eventually.True(() => stopped.IsCompleted, () => engine.Statuses[0], _rig.Tick);

        Assert.True(await stopped);
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public async Task A_stream_that_waits_to_be_run_anew_does_not_wait_when_all_is_drained()
    {
        var sink = new RecordingSink();
        var engine = Start(EngineRig.Define("sink", sink));
        _rig.Source.Append(5);
        Eventually.Equal(5, () => sink.Numbers.Count);
        var buffer = await Find(engine, "buffer");

        buffer.Tell(Kill.Instance);

        Assert.True(await engine.StopAsync().WaitAsync(Eventually.DefaultBound));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _rig.Dispose();
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public void What_ends_again_soon_waits_longer_each_time_up_to_the_longest()
    {
        var policy = new SupervisionPolicy();
        var (backoff, now) = (new RestartBackoff(policy), _time.GetUtcNow());

        var waits = Enumerable.Range(0, 20).Select(_ =>
        {
            backoff.Begin(now);
            return backoff.End(now.AddSeconds(1));
        }).ToList();

        Assert.Equal([policy.FirstRestartDelay, policy.FirstRestartDelay * 2, policy.FirstRestartDelay * 4], waits.Take(3));
        Assert.Equal(policy.MaxRestartDelay, waits[^1]);
        backoff.Begin(now);
        Assert.Equal(policy.FirstRestartDelay, backoff.End(now + policy.MaxRestartDelay + policy.Heartbeat));
    }

    private static int Restarts(AkkaEngine engine, string sink) => engine.Statuses.Single(status => status.Name == sink).Restarts;

    // Who takes what is told to runs is there, or comes back as time goes by. Meanwhile the guardian says that it is away.
    private void AssertTakesBatches(AkkaEngine engine)
    {
        var (agent, isThere) = (CreateTestProbe(), false);
        Eventually.True(
            () => isThere,
            between: () =>
            {
                _rig.Tick();
                engine.Guardian.Tell(new RunBatch("", 1, default, 0), agent);
                isThere = agent.ExpectMsg<RunBatchRefused>(Eventually.DefaultBound) is { IsFinal: true, Reason: "it names no run" };
            });
    }

    private async Task<IActorRef> Find(AkkaEngine engine, string path) =>
        await Sys.ActorSelection(engine.Guardian.Path / path.Split('/')).ResolveOne(Eventually.DefaultBound);

    // One step of the clock at a time, and everybody hears of it: what is to come of a heartbeat has come.
    private void PassHeartbeats(int count)
    {
        for (var beat = 0; beat < count; beat++)
        {
            var before = _rig.Beats;
            Eventually.True(() => _rig.Beats > before, between: _rig.Tick);
        }
    }

    private AkkaEngine Start(params SinkDefinition[] sinks) => StartIn(_rig.Environment, sinks);

    private AkkaEngine StartIn(EngineEnvironment environment, params SinkDefinition[] sinks)
    {
        var engine = new AkkaEngine(Sys, new PipelineDefinition(sinks), environment);
        engine.Start();
        return engine;
    }
}
