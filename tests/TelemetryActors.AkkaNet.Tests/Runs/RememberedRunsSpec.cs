using Akka.Actor;
using Akka.TestKit;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Runs;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>A node without a cluster that has runs of other processes in hand, and is lost.</summary>
[Trait("Feature", "SK.3")]
[Trait("Feature", "SK.8")]
public sealed class RememberedRunsSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = Eventually.DefaultBound;

    private readonly string _directory;
    private readonly ManualTime _time;
    private readonly EngineRig _rig;
    private readonly RunSettings _settings = new();
    private readonly TestProbe _buffer;

    public RememberedRunsSpec()
        : this(TestFolder.Create(), new ManualTime())
    {
    }

    private RememberedRunsSpec(string directory, ManualTime time)
        : base(RunRig.Keeping(directory, time))
    {
        (_directory, _time, _rig) = (directory, time, new EngineRig(time));
        _buffer = CreateTestProbe();
    }

    [Fact]
    public void A_run_that_nobody_speaks_of_after_the_loss_is_closed_when_its_lease_ends()
    {
        var runs = Start();
        Take(runs, RunLines.Batch(RunLines.Start(1)).As(1));
        Lose(runs);

        var next = Start();
        Eventually.True(() => HasActor(next, RunLines.Run));
        Assert.Equal(RunStatus.Running, Ask(next, RunLines.Run)!.Status);
        _time.Advance(_settings.Lease);

        Assert.Equal(RunLines.Run, _buffer.ExpectMsg<BufferProtocol.AppendAbandoned>(Soon).Run.RunId);
    }

    [Fact]
    public void A_run_that_had_ended_and_left_memory_is_not_woken()
    {
        var runs = Start();
        Take(runs, RunLines.Batch(RunLines.Start(1), RunLines.End(2)).As(1));
        Take(runs, RunLines.Batch(RunLines.Start(1, "another")).As(2, "another"));
        _time.Advance(_settings.Idle);
        Eventually.True(() => !HasActor(runs, RunLines.Run));
        Eventually.True(() => NotedInJournal().SequenceEqual(["hc1", "hn1", "hn1"]), () => string.Join(" ", NotedInJournal()));
        Lose(runs);

        var next = Start();
        Eventually.True(() => HasActor(next, "another"));

        Assert.False(HasActor(next, RunLines.Run));
    }

    [Fact]
    public void A_run_whose_actor_is_lost_alone_has_another_before_long()
    {
        var runs = Start();
        Take(runs, RunLines.Batch(RunLines.Start(1)).As(1));
        var lost = ActorOf(runs, RunLines.Run)!;
        Watch(lost);
        Sys.Stop(lost);
        ExpectTerminated(lost, Soon);

        // The parent may look before it has heard of the loss that was heard of here.
        Eventually.True(() => HasActor(runs, RunLines.Run), between: () => _time.Advance(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void A_run_that_cannot_be_noted_is_refused_and_taken_once_it_can()
    {
        var runs = Start();
        Take(runs, RunLines.Batch(RunLines.Start(1)).As(1));
        Journal("ALTER TABLE journal RENAME TO elsewhere");
        runs.Tell(RunLines.Batch(RunLines.Start(1, "another")).As(2, "another"));

        Assert.Contains("could not note", ExpectMsg<RunBatchRefused>(Soon).Reason);
        Journal("ALTER TABLE elsewhere RENAME TO journal");

        Take(runs, RunLines.Batch(RunLines.Start(1, "another")).As(3, "another"));
    }

    [Fact]
    public void Runs_in_hand_are_watched_as_soon_as_a_journal_that_was_away_at_the_start_is_back()
    {
        var runs = Start();
        Take(runs, RunLines.Batch(RunLines.Start(1)).As(1));
        Lose(runs);
        Journal("ALTER TABLE journal RENAME TO elsewhere");
        var next = Start();
        next.Tell(RunLines.Batch(RunLines.Start(1, "another")).As(2, "another"));
        Assert.Contains("could not note", ExpectMsg<RunBatchRefused>(Soon).Reason);

        Journal("ALTER TABLE elsewhere RENAME TO journal");

        Eventually.True(() => HasActor(next, RunLines.Run), between: () => _time.Advance(TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public void The_list_stays_short_however_many_runs_come_and_go()
    {
        var runs = Start();
        for (var number = 0; number < 300; number++)
        {
            var run = $"run-{number}";
            Take(runs, RunLines.Batch(RunLines.Start(1, run), RunLines.End(2, run: run)).As(number, run));
        }

        _time.Advance(_settings.Idle);

        Eventually.True(() => NotedInJournal() is { Count: > 0 and <= 200 } left && left.TrueForAll(manifest => manifest == "hc1"), () => NotedInJournal().Count);
        Lose(runs);
        var next = Start();
        Take(next, RunLines.Batch(RunLines.Start(1, "another")).As(2, "another"));
        Assert.False(HasActor(next, "run-0"));
        Assert.False(HasActor(next, "run-299"));
    }

    [Fact]
    public void A_journal_that_is_not_there_is_not_made_before_a_run_comes()
    {
        using var hasLooked = new ManualResetEventSlim();
        var runs = Start(_settings with
        {
            MayHoldRuns = () =>
            {
                var mayHoldRuns = MayHoldRuns(_directory);
                hasLooked.Set();
                return mayHoldRuns;
            },
        });
        Assert.True(hasLooked.Wait(Soon));
        Assert.True(MayHoldRuns("/elsewhere"));
        Assert.False(HasActor(runs, "@remembered"));
        Assert.False(File.Exists(Database));

        Take(runs, RunLines.Batch(RunLines.Start(1)).As(1));

        Assert.True(MayHoldRuns(_directory));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _rig.Dispose();
        TestFolder.Delete(_directory);
    }

    private string Database => Path.Combine(_directory, "state", RunJournal.FileName);

    private IActorRef Start(RunSettings? settings = null) => Sys.ActorOf(RunsActor.Props(_buffer, settings ?? _settings, _rig.Environment));

    private bool MayHoldRuns(string owner) =>
        RunJournal.MayHoldRuns(RunJournal.InFile(owner), RunJournal.JournalPlugin, _rig.Environment with { BaseDirectory = _directory });

    private void Lose(IActorRef runs)
    {
        Watch(runs);
        Sys.Stop(runs);
        ExpectTerminated(runs, Soon);
    }

    private IActorRef? ActorOf(IActorRef runs, string run)
    {
        var asker = CreateTestProbe();
        Sys.ActorSelection(runs.Path / run).Tell(new Identify(run), asker);
        return asker.ExpectMsg<ActorIdentity>(Soon).Subject;
    }

    private bool HasActor(IActorRef runs, string run) => ActorOf(runs, run) is not null;

    private void Take(IActorRef runs, RunBatch batch)
    {
        runs.Tell(batch);
        var append = _buffer.ExpectMsg<BufferProtocol.Append>(Soon);
        _buffer.Reply(new BufferProtocol.Appended(append.Id));
        ExpectMsg<RunBatchTaken>(Soon);
    }

    private RunRecord? Ask(IActorRef runs, string run)
    {
        var asker = CreateTestProbe();
        runs.Tell(new RunQuery(run), asker);
        return asker.ExpectMsg<RunAnswer>(Soon).Record;
    }

    // The journal's file is there before its tables are.
    private List<string> NotedInJournal() =>
        Journal("SELECT name FROM sqlite_master WHERE name = 'journal'").Count == 0 ? [] : Journal("SELECT manifest FROM journal WHERE manifest LIKE 'h%' ORDER BY manifest");

    private List<string> Journal(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Database}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
