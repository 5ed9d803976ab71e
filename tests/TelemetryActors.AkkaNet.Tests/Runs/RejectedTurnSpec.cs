using Akka.Actor;
using Akka.Configuration;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>A journal that answers, and rejects what it is asked to keep.</summary>
public sealed class RejectedTurnSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = Eventually.DefaultBound;

    private readonly ManualTime _time;
    private readonly RunRig _rig;
    private readonly EngineRig _engine;

    public RejectedTurnSpec()
        : this(new ManualTime())
    {
    }

    private RejectedTurnSpec(ManualTime time)
        : base(ManualScheduler.On(time)
            .WithFallback(ConfigurationFactory.ParseString($"spec-journal.class = \"{typeof(RejectingJournal).AssemblyQualifiedName}\""))
            .WithFallback(SpecSettings.Quiet)
            .WithFallback(EngineSettings.Reference))
    {
        (_time, _engine) = (time, new EngineRig(time));
        _rig = new RunRig(this, time) { Settings = Settings };
    }

    private static RunSettings Settings { get; } = new() { Journal = "spec-journal", Snapshots = "akka.persistence.no-snapshot-store", MayHoldRuns = () => false };

    [Fact]
    [Trait("Feature", "SK.8")]
    public void The_batch_under_way_is_refused_and_the_actor_ends()
    {
        _rig.Start();
        _rig.Tell(RunLines.Batch(RunLines.Start(1)).As(1));

        _rig.Append();

        Assert.Contains("no column is that wide", _rig.Agent.ExpectMsg<RunBatchRefused>(Soon).Reason);
        ExpectTerminated(_rig.Run, Soon);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.8")]
    public void A_run_of_this_process_is_told_again_at_the_parent_s_next_look_and_not_without_a_pause()
    {
        var lines = new RunLineRelay();
        var runs = Sys.ActorOf(RunsActor.Props(CreateTestProbe(), Settings with { OwnLines = lines }, _engine.Environment));
        var before = RejectingJournal.Asked;
        lines.Open(runs);

        lines.Tell(RunLines.Run, System.Text.Encoding.UTF8.GetBytes(RunLines.Start(1)));

        for (var look = 1; look <= 3; look++)
        {
            Eventually.True(() => RejectingJournal.Asked >= before + look);
            Eventually.True(() => IsGone(runs));
            Assert.Equal(before + look, RejectingJournal.Asked);
            LookUntilAsked(runs, before + look);
        }
    }

    // The parent may look before it has heard of the end that was heard of here; then it tells at the look after.
    private void LookUntilAsked(IActorRef runs, int asked) => Eventually.True(
        () => !IsGone(runs) || RejectingJournal.Asked > asked,
        between: () =>
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            runs.Tell(new Identify(2), TestActor);
            ExpectMsg<ActorIdentity>(Soon);
        });

    private bool IsGone(IActorRef runs)
    {
        Sys.ActorSelection(runs.Path / RunLines.Run).Tell(new Identify(1), TestActor);
        return ExpectMsg<ActorIdentity>(Soon).Subject is null;
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _engine.Dispose();
    }
}
