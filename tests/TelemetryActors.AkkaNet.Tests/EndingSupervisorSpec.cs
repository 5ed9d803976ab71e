using Akka.Actor;
using Akka.Event;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class EndingSupervisorSpec : Akka.TestKit.Xunit2.TestKit
{
    private readonly HangingFileSystem _disk = new(DiskFileSystem.Instance);
    private readonly EngineRig _rig = new(new ManualTime());

    public EndingSupervisorSpec()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF }")
    {
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    [Trait("Feature", "SK.6")]
    public void An_answer_that_comes_after_the_end_has_begun_is_no_unhandled_message()
    {
        var environment = _rig.Environment with { Files = _disk };
        using var memory = new SupervisorMemory(new SinkSupervisor(EngineRig.Define("sink", new RecordingSink()), new SupervisionPolicy(), environment), environment);
        _disk.Hang();
        var supervisor = Sys.ActorOf(SinkSupervisorActor.Props(memory, new SupervisionPolicy(), environment));
        Eventually.True(() => _disk.Waiting >= 1, () => _disk.Waiting);
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));

        // Its files' answer to the question before is on its way for as long as the disk hangs: until then it is ending.
        supervisor.Tell(new Drain());
        supervisor.Tell(new Elsewhere());
        var question = new BoundsQuestion(default);
        object[] late =
        [
            new Owned(SinkState.Fresh), new Merged(SinkState.Fresh), new AccountsLoaded([]), new AccountsUnknown("late"),
            new BoundsFound(question, []), new BoundsUnknown(question, new IOException("late")),
        ];
        foreach (var answer in late)
        {
            supervisor.Tell(answer);
        }

        supervisor.Tell(new WhatNext([], 7), TestActor);

        Assert.Equal(7, ExpectMsg<NothingNow>(Eventually.DefaultBound).Number);
        Watch(supervisor);
        _disk.Answer();
        ExpectTerminated(supervisor, Eventually.DefaultBound);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _disk.Dispose();
        _rig.Dispose();
    }
}
