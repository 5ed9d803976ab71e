using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Runs;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>What is taken out of a real journal, beside and between the actors of runs.</summary>
public sealed class RunUpkeepSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = Eventually.DefaultBound;

    private readonly string _directory;
    private readonly RunRig _rig;

    public RunUpkeepSpec()
        : this(TestFolder.Create(), new ManualTime())
    {
    }

    private RunUpkeepSpec(string directory, ManualTime time)
        : base(RunRig.Keeping(directory, time)) =>
        (_directory, _rig) = (directory, new RunRig(this, time) { Settings = new RunSettings { PersistencePrefix = "own-run-" } });

    // Rows are written by the machine's clock.
    private static DateTimeOffset Today => TimeProvider.System.GetUtcNow();

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_run_of_this_process_that_is_gone_leaves_no_row()
    {
        _rig.Start();
        Say(RunLines.Start(1), RunLines.End(2));
        Leave();
        Assert.Equal(1, Rows());

        var taken = TakeOut(Today);

        Assert.Equal((1, 0), (taken, Rows()));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_run_that_comes_back_after_its_rows_were_taken_out_begins_anew()
    {
        _rig.Start();
        Say(RunLines.Start(1), RunLines.End(2));
        Leave();
        TakeOut(Today);

        _rig.Start();
        Say(RunLines.Start(3), RunLines.End(4, "partial"));
        _rig.Lose();

        Assert.Equal((RunStatus.Partial, 4L), (_rig.Ask()!.Status, _rig.Ask()!.LastSequence));
        Assert.Equal([1L, 2L], Numbers());
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_run_whose_rows_are_taken_out_between_its_recovery_and_its_next_turn_goes_on()
    {
        _rig.Start();
        Say(RunLines.Start(1), RunLines.End(2));
        Leave();
        _rig.Start();
        Assert.Null(_rig.Ask());

        Assert.Equal(1, TakeOut(Today));
        Say(RunLines.Start(3));
        Assert.Equal(0, TakeOut(Today));
        Say(RunLines.End(4, "partial"));
        _rig.Lose();

        Assert.Equal((RunStatus.Partial, 4L), (_rig.Ask()!.Status, _rig.Ask()!.LastSequence));
        Assert.Equal([3L, 4L], Numbers());
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_run_that_keeps_a_snapshot_after_its_rows_were_taken_out_counts_on_from_it()
    {
        _rig.Start();
        Say(RunLines.Start(1), RunLines.End(2));
        Leave();
        _rig.Start();
        Assert.Null(_rig.Ask());
        TakeOut(Today);
        _rig.Take(RunLines.Batch(RunLines.Event(3)).As(1));
        Leave();

        _rig.Start();
        Say(RunLines.Start(4), RunLines.End(5));
        _rig.Lose();

        Assert.Equal(RunStatus.Success, _rig.Ask()!.Status);
        Assert.Equal([3L, 4L], Numbers());
        Assert.Equal(0, TakeOut(Today + (2 * GoneRuns.SilentFor)));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void What_ended_as_its_process_did_stays_for_an_hour_and_what_has_no_end_for_thirty_days()
    {
        _rig.Start();
        Say(RunLines.Start(1));
        _rig.Move();
        Assert.Equal((0, 0), (TakeOut(Today), TakeOut(Today + GoneRuns.SilentFor - TimeSpan.FromDays(1))));
        Say(RunLines.End(2));
        _rig.Lose();
        Assert.Equal(0, TakeOut(Today + GoneRuns.EndedFor - TimeSpan.FromMinutes(10)));

        Assert.Equal(2, TakeOut(Today + GoneRuns.EndedFor + TimeSpan.FromMinutes(1)));

        _rig.Lose();
        Assert.Null(_rig.Ask());
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_run_of_another_process_stays_when_it_has_ended()
    {
        _rig.Start();
        var batch = RunLines.Batch(RunLines.Start(1), RunLines.End(2));
        _rig.Take(batch.As(1));
        _rig.Move();

        Assert.Equal(0, TakeOut(Today + (2 * GoneRuns.SilentFor)));

        _rig.Tell(batch.As(2));
        Assert.Equal(new RunBatchTaken(2, 0, 2), _rig.Agent.ExpectMsg<RunBatchTaken>(Soon));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void Of_thousands_of_runs_those_that_are_gone_go_and_no_others()
    {
        _rig.Start();
        Say(RunLines.Start(1));
        Journal("""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
            INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier)
            SELECT created, i % 3 > 0, CASE i % 3 WHEN 2 THEN 'run-' ELSE 'own-run-' END || i, 1, message, manifest, identifier FROM n, (SELECT * FROM journal LIMIT 1)
            """);

        var taken = TakeOut(Today);

        Assert.Equal((1000, 2001, 0), (taken, Rows(), TakeOut(Today)));
    }

    [Theory]
    [Trait("Feature", "SK.3")]
    [InlineData("telemetryactors.journal.class = \"Akka.Persistence.Journal.MemoryJournal, Akka.Persistence\"")]
    [InlineData("telemetryactors.journal { delete-compatibility-mode = true }")]
    public void A_journal_of_another_kind_is_left_alone(string settings) =>
        Assert.Null(RunUpkeep.Of(Akka.Configuration.ConfigurationFactory.ParseString(settings).WithFallback(Sys.Settings.Config), _rig.Settings));

    protected override void AfterAll()
    {
        base.AfterAll();
        TestFolder.Delete(_directory);
    }

    private int TakeOut(DateTimeOffset now) => RunUpkeep.Of(Sys.Settings.Config, _rig.Settings)!.TakeOut(now);

    private void Say(params string[] lines)
    {
        foreach (var line in lines)
        {
            _rig.Run.Tell(new RunLine(RunLines.Run, System.Text.Encoding.UTF8.GetBytes(line)));
        }

        // Answered behind the turns before it, when they stand in the journal.
        _rig.Ask();
    }

    private void Leave()
    {
        _rig.Run.Tell(StopRun.Instance);
        ExpectTerminated(_rig.Run, Soon);
    }

    private int Rows() => Journal("SELECT 1 FROM journal").Count;

    private List<long> Numbers() => Journal("SELECT sequence_number FROM journal ORDER BY 1");

    private List<long> Journal(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_directory, "state", RunJournal.FileName)}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<long>();
        while (reader.Read())
        {
            rows.Add(reader.GetInt64(0));
        }

        return rows;
    }
}
