using Akka.Actor;
using Akka.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TelemetryActors.AkkaNet;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Cluster.Tests.Story;
using TelemetryActors.ClusterNode.Journal;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Node;

/// <summary>The upkeep of the journal that all nodes share.</summary>
public sealed class PostgresUpkeepSpec
{
    private const string Run = "20260301T120000Z-crawler-0123abcd";
    private static readonly RunSettings Own = new() { PersistencePrefix = "own-run-" };

    [StoryFact]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.8")]
    public async Task Nodes_that_do_it_at_once_take_out_what_is_gone_of_their_own_runs_and_nothing_else()
    {
        using var server = new PostgresServer("127.0.0.1");
        await using var journal = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
        await journal.EnterAsync("node", TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2), CancellationToken.None);
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        using var system = ActorSystem.Create("node", ConfigurationFactory.ParseString($$"""
            akka { loglevel = OFF, stdout-loglevel = OFF }
            akka.persistence.journal-plugin-fallback.circuit-breaker.call-timeout = 5m
            akka.persistence.snapshot-store-plugin-fallback.circuit-breaker.call-timeout = 5m
            telemetryactors.journal { connection-string = "{{server.ConnectionString}}", provider-name = "PostgreSQL.15", auto-initialize = off }
            telemetryactors.snapshot-store { connection-string = "{{server.ConnectionString}}", provider-name = "PostgreSQL.15", auto-initialize = off }
            """).WithFallback(EngineSettings.Reference));
        await LeaveAsync(system, Own);
        await LeaveAsync(system, new RunSettings());
        Assert.Equal((1L, 1L), (Rows("persistence_id LIKE 'own-run-%' AND deleted"), Rows("persistence_id LIKE 'run-%' AND deleted")));
        Ask("""
            INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier)
            SELECT created, i % 4 > 0, 'own-run-' || i, 1, message, manifest, identifier FROM generate_series(1, 4000) i, (SELECT * FROM journal LIMIT 1) one
            """);

        var taken = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () => RunUpkeep.Of(system.Settings.Config, Own)!.TakeOut(TimeProvider.System.GetUtcNow()), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal((3001, 0L, 1000L, 1L), (taken.Sum(), Rows("deleted AND persistence_id LIKE 'own-run-%'"), Rows("NOT deleted"), Rows("persistence_id LIKE 'run-%'")));
        await LeaveAsync(system, Own);
        Assert.Equal(2L, Ask($"SELECT sequence_number FROM journal WHERE persistence_id = 'own-run-{Run}'"));

        long Rows(string which) => Ask($"SELECT count(*) FROM journal WHERE {which}");

        long Ask(string sql)
        {
            using var command = database.CreateCommand(sql);
            return command.ExecuteScalar() as long? ?? 0;
        }
    }

    // A run of the process's own begins and ends, and its actor leaves.
    private static async Task LeaveAsync(ActorSystem system, RunSettings settings)
    {
        var run = system.ActorOf(RunActor.Props(Run, system.DeadLetters, settings, TimeProvider.System));
        run.Tell(Line("run_start", """{"agent_name":"crawler","job_type":"nightly"}""", 1));
        run.Tell(Line("run_end", """{"status":"success","duration_ms":12,"metrics":{} }""", 2));
        Assert.Equal(2L, (await run.Ask<RunAnswer>(new RunQuery(Run), Eventually.DefaultBound)).Record!.LastSequence);
        var ended = run.WatchAsync();
        run.Tell(StopRun.Instance);
        await ended.WaitAsync(Eventually.DefaultBound);
    }

    private static RunLine Line(string name, string details, int sequence) => new(Run, System.Text.Encoding.UTF8.GetBytes(
        $$"""{"ts":"2026-03-01T12:00:00.000000Z","event":"{{name}}","details":{{details}},"agent":"crawler","run_id":"{{Run}}","run_seq":{{sequence,10}},"id":"aaaaaaaaaaa-{{sequence:00000000000000}}"}"""));
}
