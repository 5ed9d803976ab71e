using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Pipeline;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>When the upkeep of a journal is done, and that an engine has it done.</summary>
public sealed class RunUpkeepActorSpec : Akka.TestKit.Xunit2.TestKit
{
    private readonly string _directory;
    private readonly ManualTime _time;
    private readonly EngineRig _engine;

    public RunUpkeepActorSpec()
        : this(TestFolder.Create(), new ManualTime())
    {
    }

    private RunUpkeepActorSpec(string directory, ManualTime time)
        : base(RunRig.Keeping(directory, time)) => (_directory, _time, _engine) = (directory, time, new EngineRig(time));

    [Fact]
    [Trait("Feature", "SK.3")]
    public void It_is_done_some_time_after_the_start_and_then_again_and_again_whatever_the_database_says()
    {
        var times = 0;
        Watch(Sys.ActorOf(RunUpkeepActor.Props(() => Interlocked.Increment(ref times) == 2 ? throw new InvalidOperationException("no such table") : 7)));

        Eventually.Equal(4, () => Volatile.Read(ref times), () => _time.Advance(RunUpkeepActor.First));

        Assert.False(HasMessages);
    }

    [Fact]
    [Trait("Feature", "SK.6")]
    public void One_that_hangs_is_not_begun_again_and_holds_no_end()
    {
        var times = 0;
        using var answers = new ManualResetEventSlim();
        var upkeep = Watch(Sys.ActorOf(RunUpkeepActor.Props(() =>
        {
            Interlocked.Increment(ref times);
            answers.Wait();
            return 0;
        })));
        Eventually.Equal(1, () => Volatile.Read(ref times), () => _time.Advance(RunUpkeepActor.First));

        _time.Advance(2 * RunUpkeepActor.Between);
        Sys.Stop(upkeep);

        ExpectTerminated(upkeep, Eventually.DefaultBound);
        Assert.Equal(1, times);
        answers.Set();
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public async Task An_engine_s_runs_that_are_gone_leave_nothing_in_its_journal()
    {
        var lines = new RunLineRelay();
        await using var engine = new AkkaEngine(
            Sys, new PipelineDefinition([EngineRig.Define("sink", new RecordingSink())]), _engine.Environment with { BaseDirectory = _directory }, lines);
        engine.Start();
        foreach (var run in Enumerable.Range(1, 20).Select(number => $"run {number}"))
        {
            lines.Tell(run, System.Text.Encoding.UTF8.GetBytes(RunLines.Start(1, run)));
            lines.Tell(run, System.Text.Encoding.UTF8.GetBytes(RunLines.End(2, run: run)));
        }

        Eventually.True(() => lines.ToldRuns().Count == 0);
        Assert.Equal(40, Rows("NOT deleted"));
        _time.Advance(engine.Runs.Idle);
        Eventually.Equal(0, () => Rows("NOT deleted"));

        Eventually.Equal(0, () => Rows("true"), () => _time.Advance(RunUpkeepActor.Between));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _engine.Dispose();
        TestFolder.Delete(_directory);
    }

    private int Rows(string which)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_directory, "state", RunJournal.FileName)}");
        connection.Open();
        using var count = connection.CreateCommand();
        count.CommandText = $"SELECT count(*) FROM journal WHERE {which}";
        return Convert.ToInt32(count.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
