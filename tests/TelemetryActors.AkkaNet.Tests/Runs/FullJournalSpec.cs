using Akka.Actor;
using Akka.Actor.Dsl;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>Many runs whose journal could be opened, and cannot be written any more.</summary>
public sealed class FullJournalSpec : Akka.TestKit.Xunit2.TestKit
{
    private const int Runs = 30;
    private static readonly TimeSpan Soon = Eventually.DefaultBound;

    private readonly ManualTime _time;
    private readonly IActorRef _buffer;
    private readonly TestProbe _words;
    private readonly RunSettings _settings;

    public FullJournalSpec()
        : this(new ManualTime())
    {
    }

    private FullJournalSpec(ManualTime time)
        : base(ConfigurationFactory.ParseString($$"""
            akka { loglevel = WARNING, loggers = [], stdout-loglevel = OFF }
            spec-journal.class = "{{typeof(FullJournal).AssemblyQualifiedName}}"
            """).WithFallback(ManualScheduler.On(time)).WithFallback(SpecSettings.Quiet).WithFallback(EngineSettings.Reference))
    {
        _time = time;
        _settings = new RunSettings { Journal = "spec-journal", Snapshots = "akka.persistence.no-snapshot-store", Trouble = new JournalTrouble(time) };
        _buffer = Sys.ActorOf(buffer => buffer.Receive<BufferProtocol.Append>((append, context) => context.Sender.Tell(new BufferProtocol.Appended(append.Id))));
        _words = CreateTestProbe();
        Sys.EventStream.Subscribe(_words, typeof(Error));
        Sys.EventStream.Subscribe(_words, typeof(Warning));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.7")]
    public void Its_failure_is_told_once_for_all_runs_and_again_while_it_lasts()
    {
        MeetIt();
        var first = Told();
        _time.Advance(TimeSpan.FromSeconds(61));
        MeetIt();
        var second = Told();

        Assert.Equal(["written", "read"], first.Select(word => word.ToString().Split("cannot be ")[1].Split('.')[0]));
        Assert.All(first, word => Assert.IsType<IOException>(word.Cause));
        Assert.Contains($"{Runs - 6} others have met it", Assert.Single(second).ToString());
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void Who_notes_runs_in_hand_tells_it_no_oftener()
    {
        for (var number = 0; number < Runs; number++)
        {
            var memory = Watch(Sys.ActorOf(RememberedRuns.Props("in-hand", _settings)));
            memory.Tell(new RememberedRuns.Note("run-1"));
            ExpectTerminated(memory, Soon);
        }

        Assert.Equal(2, Told().Count);
    }

    // Each run's batch is appended, and its turn not kept: the batch is refused, and its actor ends.
    private void MeetIt()
    {
        for (var number = 0; number < Runs; number++)
        {
            var run = Sys.ActorOf(RunActor.Props($"run-{number}", _buffer, _settings, _time));
            run.Tell(RunLines.Batch(RunLines.Start(1, $"run-{number}")).As(number, $"run-{number}"), TestActor);
            ExpectMsg<RunBatchRefused>(Soon);
            Watch(run);
            ExpectTerminated(run, Soon);
        }
    }

    private List<LogEvent> Told()
    {
        // What was told before this has come by then.
        Sys.EventStream.Publish(new Error(null, "spec", GetType(), "over"));
        var told = new List<LogEvent>();
        while (_words.ExpectMsg<LogEvent>(Soon) is { LogSource: not "spec" } word)
        {
            told.Add(word);
        }

        return told;
    }
}
