using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.TestKit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>The actor of one run on a test's clock, with a real SQLite journal, between a probe for its parent and one for the buffer.</summary>
internal sealed class RunRig(TestKitBase kit, ManualTime time)
{
    public TestProbe Parent { get; } = kit.CreateTestProbe();

    public TestProbe Buffer { get; } = kit.CreateTestProbe();

    public TestProbe Agent { get; } = kit.CreateTestProbe();

    public RunSettings Settings { get; init; } = new() { MaxHeld = 2, SnapshotEvery = 3 };

    public IActorRef Run { get; private set; } = ActorRefs.Nobody;

    /// <summary>The settings of a system whose runs are kept in a file.</summary>
    public static Config Keeping(string directory, ManualTime time)
    {
        Directory.CreateDirectory(Path.Combine(directory, "state"));
        return ManualScheduler.On(time)
            .WithFallback(SpecSettings.Quiet)
            .WithFallback(RunJournal.InFile(directory))
            .WithFallback(EngineSettings.Reference);
    }

    public void Start()
    {
        Run = Parent.ChildActorOf(RunActor.Props(RunLines.Run, Buffer, Settings, time));
        kit.Watch(Run);
    }

    /// <summary>Ends the actor without a word, as a node that is lost, and starts another.</summary>
    public void Lose()
    {
        kit.Sys.Stop(Run);
        kit.ExpectTerminated(Run, Eventually.DefaultBound);
        Start();
    }

    /// <summary>Hands the run over in order, as a shard that moves to another node, and starts another actor.</summary>
    public void Move()
    {
        Run.Tell(StopRun.Instance);
        kit.ExpectTerminated(Run, Eventually.DefaultBound);
        Start();
    }

    public void Tell(RunBatch batch) => Run.Tell(batch, Agent);

    /// <summary>Brings a batch all the way: appended, fsynced, answered.</summary>
    public RunBatchTaken Take(RunBatch batch)
    {
        Tell(batch);
        Append();
        return Agent.ExpectMsg<RunBatchTaken>(Eventually.DefaultBound);
    }

    /// <summary>Appends what comes.</summary>
    public BufferProtocol.Append Append()
    {
        var append = Buffer.ExpectMsg<BufferProtocol.Append>(Eventually.DefaultBound);
        Buffer.Reply(new BufferProtocol.Appended(append.Id));
        return append;
    }

    public global::TelemetryActors.Runs.RunRecord? Ask()
    {
        var asker = kit.CreateTestProbe();
        Run.Tell(new RunQuery(RunLines.Run), asker);
        return asker.ExpectMsg<RunAnswer>(Eventually.DefaultBound).Record;
    }
}
