using Akka.Actor;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

/// <summary>Sinks that another process has had meanwhile, or may have.</summary>
public sealed class LostSinkSpec : Akka.TestKit.Xunit2.TestKit
{
    private const string Name = "sink";

    private readonly HangingFileSystem _disk = new(DiskFileSystem.Instance);
    private readonly EngineRig _rig;
    private volatile string? _whyHeld;

    public LostSinkSpec()
        : this(new ManualTime())
    {
    }

    private LostSinkSpec(ManualTime time)
        : base(ManualScheduler.On(time).WithFallback(SpecSettings.Quiet)) => _rig = new EngineRig(time);

    [Fact]
    [Trait("Feature", "S4.9")]
    public async Task What_a_sink_answers_to_a_question_from_before_it_was_lost_loads_nothing()
    {
        using var slow = new SlowAnswers();
        var environment = _rig.Environment;
        await using var engine = Start(environment, new SinkDefinition(Name, SinkPolicies.LocalDatabase, _ => slow) { State = KeptState.Own });
        _rig.Source.Append(5);
        Eventually.Equal(5, () => slow.Numbers.Count, _rig.Tick);
        slow.ThrowAndHoldAnswers();
        _rig.Source.Append(5);
        Eventually.True(() => slow.IsAsked, between: _rig.Tick);

        // Another process gets the sink, as somebody deleted its locks, and pauses it.
        File.Delete(SinkPaths.Lock(environment.BaseDirectory, Name));
        File.Delete(SinkPaths.Owner(environment.BaseDirectory, Name));
        var other = SinkHold.TryTake(DiskFileSystem.Instance, environment.BaseDirectory, Name);
        Assert.NotNull(other);
        Eventually.True(() => engine.Statuses[0].IsElsewhere, between: _rig.Tick);
        var states = new SinkStateFile(DiskFileSystem.Instance, environment.BaseDirectory, Name);
        states.Save(states.Load(DateTimeOffset.UnixEpoch, out _) with { IsPaused = true });
        other.Dispose();
        slow.Answer();
        Eventually.True(() => !engine.Statuses[0].IsElsewhere, between: _rig.Tick);
        PassBeats(5);

        Assert.True(engine.Statuses[0].IsPaused);
        Assert.Equal(5, slow.Numbers.Count);
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public async Task Nobody_else_may_have_a_sink_while_a_batch_goes_out_that_began_when_telemetry_was_off_and_on_again()
    {
        var held = new HeldSink();
        var environment = _rig.Environment with { Files = _disk, WhyHeld = () => _whyHeld };
        await using var engine = Start(environment, EngineRig.Define(Name, held));
        Eventually.True(() => File.Exists(SinkPaths.State(environment.BaseDirectory, Name)), between: _rig.Tick);
        PassBeats(3);

        _disk.HangSyncs();
        _whyHeld = "enabled is false";
        Eventually.True(() => _disk.Waiting >= 1, () => _disk.Waiting, _rig.Tick);
        _whyHeld = null;
        _rig.Source.Append(5);
        PassBeats(3);

        _disk.Answer();
        Eventually.Equal(1, () => held.Calls, _rig.Tick);
        List<bool> wasFree = [];
        for (var beat = 0; beat < 5; beat++)
        {
            PassBeats(1);
            using var other = SinkHold.TryTake(DiskFileSystem.Instance, environment.BaseDirectory, Name);
            wasFree.Add(other is not null);
        }

        held.Release();
        Eventually.Equal(5L, () => engine.Statuses[0].Delivered, _rig.Tick);
        Assert.DoesNotContain(true, wasFree);
        Assert.Equal(1, held.Calls);
    }

    protected override void AfterAll()
    {
        _disk.Dispose();
        base.AfterAll();
        _rig.Dispose();
    }

    private void PassBeats(int count)
    {
        for (var beat = 0; beat < count; beat++)
        {
            var before = _rig.Beats;
            Eventually.True(() => _rig.Beats > before, between: _rig.Tick);
        }
    }

    private AkkaEngine Start(EngineEnvironment environment, SinkDefinition sink)
    {
        var engine = new AkkaEngine(Sys, new PipelineDefinition([sink]), environment);
        engine.Start();
        return engine;
    }

    // Keeps its account with its data, throws once, and takes its time to say what it has.
    private sealed class SlowAnswers : RecordingSink, IKeepsAccounts, IDisposable
    {
        private readonly ManualResetEventSlim _answers = new(initialState: true);
        private SinkAccount? _account;
        private volatile bool _throws;

        public bool IsAsked { get; private set; }

        public void ThrowAndHoldAnswers()
        {
            IsAsked = false;
            _answers.Reset();
            _throws = true;
        }

        public void Answer() => _answers.Set();

        public IReadOnlyList<SinkAccount> LoadAccounts()
        {
            IsAsked = true;
            _answers.Wait();
            return _account is { } account ? [account] : [];
        }

        public void Dispose() => _answers.Set();

        protected override ValueTask<SinkOutcome> AnswerAsync(SinkBatch batch, CancellationToken cancellation)
        {
            if (_throws)
            {
                _throws = false;
                throw new InvalidOperationException("thrown by the test");
            }

            _account = (_account ?? SinkAccount.StartAt(batch.Slot, batch.Start)).SeeTail(batch.End).Settle(batch.End, 0, DropCounts.None);
            return ValueTask.FromResult(SinkOutcome.Delivered);
        }
    }
}
