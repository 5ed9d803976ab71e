using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Runs;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>Both doors of a real client on actors, with its real ring, log and journal.</summary>
public sealed class ClientRunsSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = Eventually.DefaultBound;
    private readonly string _directory = TestFolder.Create();

    public ClientRunsSpec()
        : base(EngineSettings.Reference.WithFallback(SpecSettings.Quiet))
    {
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.8")]
    public async Task Batches_of_another_process_stand_in_the_log_once_byte_for_byte_and_fsynced_when_they_are_answered()
    {
        await using var client = Start();
        var runs = SystemTelemetryOf(client);
        var batch = RunLines.Batch(RunLines.Start(1), RunLines.Event(2), RunLines.Event(3));

        runs.Tell(batch.As(1));
        Assert.Equal(new RunBatchTaken(1, 3, 0), ExpectMsg<RunBatchTaken>(Soon));
        Assert.Equal(batch.Lines, LogLines(RunLines.Run));
        runs.Tell(batch.As(2));
        Assert.Equal(new RunBatchTaken(2, 0, 3), ExpectMsg<RunBatchTaken>(Soon));
        runs.Tell(RunLines.Batch(RunLines.End(4)).As(3));
        Assert.Equal(new RunBatchTaken(3, 1, 0), ExpectMsg<RunBatchTaken>(Soon));

        runs.Tell(new RunQuery(RunLines.Run));
        Assert.Equal((RunStatus.Success, 4L), (ExpectMsg<RunAnswer>(Soon).Record!.Status, LogLines(RunLines.Run).Count));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.7")]
    public async Task A_run_of_this_process_is_known_to_its_actor_while_it_goes_on_and_when_it_has_ended()
    {
        await using var client = Start();
        var run = client.StartRun("crawler", "nightly");
        Eventually.Equal("nightly", () => Ask(client, run.Id)?.JobType);
        run.Record("counted");
        run.SetMetric("items", 3);
        run.ReportMetrics();
        Eventually.Equal(new MetricValue?(3), () => Ask(client, run.Id)?.Metrics.GetValueOrDefault("items"));

        run.End(RunStatus.Partial, "half");

        Eventually.Equal(RunStatus.Partial, () => Ask(client, run.Id)!.Status);
        Assert.Equal(("half", 4L), (Ask(client, run.Id)!.ErrorSummary, Ask(client, run.Id)!.LastSequence));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_run_of_another_process_that_falls_silent_is_closed_in_log_and_journal()
    {
        await using var client = Start(options => options.RunLease = TimeSpan.FromSeconds(1));
        SystemTelemetryOf(client).Tell(RunLines.Batch(RunLines.Start(1)).As(1));
        ExpectMsg<RunBatchTaken>(Soon);

        Eventually.Equal(RunStatus.Abandoned, () => Ask(client, RunLines.Run)!.Status);

        Assert.Contains(LogLines(RunLines.Run), line => line.Contains("\"status\":\"abandoned\"") && line.Contains("nothing was heard of it for 00:00:01"));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_run_of_another_process_that_stays_silent_over_a_restart_is_closed_by_its_lease_alone()
    {
        await using (var client = Start())
        {
            SystemTelemetryOf(client).Tell(RunLines.Batch(RunLines.Start(1)).As(1));
            ExpectMsg<RunBatchTaken>(Soon);
        }

        await using var next = Start(options => options.RunLease = TimeSpan.FromSeconds(1));

        Eventually.Equal(2, () => LogLines(RunLines.Run).Count);
        Assert.Contains("nothing was heard of it for 00:00:01", LogLines(RunLines.Run)[1]);
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task Two_clients_run_in_one_system()
    {
        await using var first = Start();
        await using var second = Start(options => options.BaseDirectory = Path.Combine(_directory, "second"));
        var run = second.StartRun("crawler", "nightly");
        var other = first.StartRun("crawler", "weekly");

        Assert.True((await first.FlushAsync()).IsDurable);
        Assert.True((await second.FlushAsync()).IsDurable);

        Eventually.Equal("nightly", () => Ask(second, run.Id)?.JobType);
        Assert.NotEqual(SystemTelemetryOf(first).Path, SystemTelemetryOf(second).Path);
        Eventually.Equal("weekly", () => Ask(first, other.Id)?.JobType);
        Assert.Equal((1, 0, 1, 0), (Kept(second, run.Id), Kept(first, run.Id), Kept(first, other.Id), Kept(second, other.Id)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_pipeline_that_is_ending_refuses_batches_and_those_under_way_are_answered()
    {
        var client = Start();
        var runs = SystemTelemetryOf(client);
        runs.Tell(RunLines.Batch(RunLines.Start(1)).As(1));
        runs.Tell(new BufferProtocol.StopTaking());
        runs.Tell(RunLines.Batch(RunLines.Event(1, run: "another")).As(2, "another"));

        Assert.Equal(new object[] { 1L, 2L }, new[] { ExpectMsg<object>(Soon), ExpectMsg<object>(Soon) }
            .Select(answer => answer switch { RunBatchTaken taken => taken.BatchId, RunBatchRefused refused => (object)refused.BatchId, _ => answer }).Order());
        await client.DisposeAsync();

        Assert.InRange(LogLines(RunLines.Run).Count, 0, 1);
        Assert.Empty(LogLines("another"));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        TestFolder.Delete(_directory);
    }

    private static IActorRef SystemTelemetryOf(TelemetryClient client) => ((AkkaEngine)client.Pipeline.Engine!).Guardian;

    private TelemetryClient Start(Action<TelemetryOptions>? configure = null) => TelemetryClient.Start("collector", options =>
    {
        options.BaseDirectory = _directory;
        options.TrackSessions = false;
        configure?.Invoke(options);
        options.RunOnActors(Sys);
    });

    private RunRecord? Ask(TelemetryClient client, string run)
    {
        var asker = CreateTestProbe();
        SystemTelemetryOf(client).Tell(new RunQuery(run), asker);
        return asker.ExpectMsg<RunAnswer>(Soon).Record;
    }

    // Events of a run in the journal of a client's base directory.
    private static int Kept(TelemetryClient client, string run)
    {
        using var journal = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(client.BaseDirectory, "state", RunJournal.FileName)}");
        journal.Open();
        using var count = journal.CreateCommand();
        count.CommandText = "SELECT count(*) FROM journal WHERE persistence_id = $run";
        count.Parameters.AddWithValue("$run", $"own-run-{run}");
        return Convert.ToInt32(count.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private List<string> LogLines(string run) =>
        [.. Directory.GetFiles(Path.Combine(_directory, "raw"), "*.ndjson").Order().SelectMany(File.ReadLines).Where(line => line.Contains($"\"run_id\":\"{run}\""))];
}
