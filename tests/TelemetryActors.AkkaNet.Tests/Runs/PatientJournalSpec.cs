using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Persistence;
using Akka.TestKit;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>A service whose disk does not give the journal of runs: here a directory stands in the database's place.</summary>
public sealed class PatientJournalSpec : Akka.TestKit.Xunit2.TestKit
{
    private readonly string _directory;
    private readonly ManualTime _time;
    private readonly RunRig _rig;
    private readonly TestProbe _errors;
    private readonly List<string> _failures = [];

    public PatientJournalSpec()
        : this(TestFolder.Create(), new ManualTime())
    {
    }

    private PatientJournalSpec(string directory, ManualTime time)
        : base(ConfigurationFactory.ParseString("akka { loglevel = ERROR, loggers = [], persistence.max-concurrent-recoveries = 1 }").WithFallback(RunRig.Keeping(directory, time)))
    {
        (_directory, _time) = (directory, time);
        _rig = new RunRig(this, time);
        _errors = CreateTestProbe();
        Sys.EventStream.Subscribe(_errors, typeof(Error));
        Directory.CreateDirectory(Database);
    }

    private string Database => Path.Combine(_directory, "state", RunJournal.FileName);

    [Theory]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.7")]
    [InlineData("Failure during")]
    [InlineData("Error during")]
    public void A_database_that_cannot_be_opened_is_tried_again_after_a_rest_each_time(string failure)
    {
        var began = _time.GetUtcNow();
        _rig.Start();

        Eventually.True(() => Failures(failure) >= 5, () => Failures(failure), () => _time.Advance(TimeSpan.FromSeconds(1)));

        Assert.InRange(Failures(failure), 5, 1 + (int)((_time.GetUtcNow() - began) / RunJournal.Rest));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void Runs_are_kept_as_soon_as_it_can_be_opened()
    {
        _rig.Start();
        Eventually.Equal(1, () => Failures("Failure during"));
        Eventually.Equal(1, () => Failures("Error during"));
        Directory.Delete(Database);

        Eventually.Equal(2, Tables, () => _time.Advance(TimeSpan.FromSeconds(1)));
        _rig.Lose();
        Assert.Equal(new RunBatchTaken(1, 1, 0), _rig.Take(RunLines.Batch(RunLines.Start(1)).As(1)));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.8")]
    public void Batches_that_wait_for_a_run_which_cannot_be_read_are_refused_with_the_cause()
    {
        using var mayRead = new ManualResetEventSlim();
        HoldReads(mayRead);
        _rig.Start();

        _rig.Tell(RunLines.Batch(RunLines.Start(1)).As(1));
        _rig.Tell(RunLines.Batch(RunLines.Event(2)).As(2));
        mayRead.Set();

        var refused = _rig.Agent.ReceiveN(2, Eventually.DefaultBound).Cast<RunBatchRefused>().ToList();
        Assert.Equal([1, 2], refused.Select(refusal => refusal.BatchId));
        Assert.All(refused, refusal => Assert.Contains("the database of runs could not be opened", refusal.Reason));
        ExpectTerminated(_rig.Run, Eventually.DefaultBound);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.7")]
    public void What_is_asked_meanwhile_is_refused_at_once_and_waits_nowhere()
    {
        using var environment = new EngineRig(_time);
        var runs = Watch(Sys.ActorOf(RunsActor.Props(CreateTestProbe(), new RunSettings(), environment.Environment)));

        for (var run = 0; run < 300; run++)
        {
            runs.Tell(RunLines.Batch(RunLines.Start(1, $"run-{run}")).As(run, $"run-{run}"));
        }

        var refused = ReceiveN(300, Eventually.DefaultBound).Cast<RunBatchRefused>().ToList();
        Assert.All(refused, refusal => Assert.False(refusal.IsFinal));
        Assert.Equal(Enumerable.Range(0, 300), refused.Select(refusal => (int)refusal.BatchId).Order());
        runs.Tell(new SinkProtocol.Drain());
        ExpectTerminated(runs, Eventually.DefaultBound);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_damaged_file_is_set_aside_and_runs_are_kept_in_a_new_one()
    {
        Directory.Delete(Database);
        var garbage = Enumerable.Range(0, 9000).Select(number => (byte)(number % 251)).ToArray();
        File.WriteAllBytes(Database, garbage);
        _rig.Start();

        Eventually.Equal(2, Tables, () => _time.Advance(TimeSpan.FromSeconds(1)));
        _rig.Lose();

        Assert.Equal(new RunBatchTaken(1, 1, 0), _rig.Take(RunLines.Batch(RunLines.Start(1)).As(1)));
        Assert.Equal(garbage, File.ReadAllBytes(Assert.Single(Directory.GetFiles(Path.GetDirectoryName(Database)!, "runs.sqlite.corrupt-*"))));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        TestFolder.Delete(_directory);
    }

    // Somebody has the one permit to recover: whoever starts meanwhile waits for it, with what it is told.
    private void HoldReads(ManualResetEventSlim mayRead)
    {
        using var isHeld = new ManualResetEventSlim();
        Sys.ActorOf(Props.Create(() => new RecoveringActor(isHeld, mayRead)));
        Assert.True(isHeld.Wait(Eventually.DefaultBound));
    }

    // Of the journal's and the snapshot store's table, how many are there.
    private int Tables()
    {
        if (!File.Exists(Database))
        {
            return 0;
        }

        try
        {
            using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Database};Mode=ReadOnly;Pooling=False");
            connection.Open();
            using var look = connection.CreateCommand();
            look.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('journal', 'snapshot')";
            return Convert.ToInt32(look.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            return 0;
        }
    }

    private int Failures(string text)
    {
        while (_errors.HasMessages)
        {
            _failures.Add(_errors.ReceiveOne().ToString()!);
        }

        return _failures.Count(failure => failure.Contains(text, StringComparison.Ordinal));
    }

    private sealed class RecoveringActor : UntypedPersistentActor
    {
        private readonly ManualResetEventSlim _isRecovering;
        private readonly ManualResetEventSlim _mayEnd;

        public RecoveringActor(ManualResetEventSlim isRecovering, ManualResetEventSlim mayEnd)
        {
            (_isRecovering, _mayEnd) = (isRecovering, mayEnd);
            JournalPluginId = "akka.persistence.journal.inmem";
            SnapshotPluginId = "akka.persistence.no-snapshot-store";
        }

        public override string PersistenceId => "recovering";

        protected override void OnRecover(object message)
        {
            _isRecovering.Set();
            _mayEnd.Wait();
        }

        protected override void OnCommand(object message) => Unhandled(message);
    }
}
