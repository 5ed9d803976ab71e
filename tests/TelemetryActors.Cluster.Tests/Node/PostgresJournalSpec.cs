using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TelemetryActors.Cluster.Tests.Story;
using TelemetryActors.ClusterNode.Journal;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Node;

public sealed class PostgresJournalSpec
{
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(15);

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task Of_nodes_that_start_at_once_exactly_one_finds_nobody_alive()
    {
        using var server = new PostgresServer("127.0.0.1");
        var nodes = Enumerable.Range(1, 8).Select(node => $"node{node}").ToList();

        var entered = await Task.WhenAll(nodes.Select(async node =>
        {
            await using var journal = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
            return await journal.EnterAsync(node, Alive, TimeSpan.FromSeconds(20), CancellationToken.None);
        }));

        Assert.Equal(Enumerable.Range(0, 8), entered.Select(others => others.Count).Order());
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_node_that_left_or_fell_silent_is_not_alive()
    {
        using var server = new PostgresServer("127.0.0.1");
        await using var journal = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
        await journal.EnterAsync("left", Alive, Alive, CancellationToken.None);
        await journal.EnterAsync("stays", Alive, Alive, CancellationToken.None);

        await journal.TellGoneAsync("left", CancellationToken.None);
        var alive = await journal.EnterAsync("new", Alive, Alive, CancellationToken.None);
        var silent = await journal.EnterAsync("new", TimeSpan.Zero, Alive, CancellationToken.None);

        Assert.Equal(["stays"], alive);
        Assert.Empty(silent);
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task After_an_outage_who_finds_nobody_waits_for_the_others_to_say_that_they_are_alive()
    {
        var time = new ManualTime();
        var failures = new CountingLogger();
        using var server = new PostgresServer("127.0.0.1");
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await using var member = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
        await member.EnterAsync("member", Alive, Alive, CancellationToken.None);
        await member.TellGoneAsync("member", CancellationToken.None);
        await using var journal = new PostgresJournal(server.ConnectionString + ";Username=late;Password=late", time, failures);
        var entering = journal.EnterAsync("new", Alive, TimeSpan.FromMinutes(5), CancellationToken.None);
        Eventually.True(() => failures.Count > 0);

        Run("CREATE ROLE late SUPERUSER LOGIN PASSWORD 'late'");
        Eventually.True(() => Run("SELECT count(*) FROM telemetry_nodes WHERE address = 'new'") > 0, between: () => time.Advance(TimeSpan.FromSeconds(1)));
        Assert.False(entering.IsCompleted);
        await member.TellAliveAsync("member", CancellationToken.None);
        Eventually.True(() => entering.IsCompleted, between: () => time.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(["member"], await entering);

        long Run(string sql)
        {
            using var command = database.CreateCommand(sql);
            return command.ExecuteScalar() as long? ?? 0;
        }
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_database_that_does_not_let_the_node_in_is_told_without_the_password()
    {
        using var server = new PostgresServer("127.0.0.1");
        await using var journal = new PostgresJournal(server.ConnectionString + ";Username=nobody", TimeProvider.System, NullLogger.Instance);

        var exception = await Assert.ThrowsAsync<JournalUnreachableException>(() => journal.EnterAsync("node", Alive, TimeSpan.Zero, CancellationToken.None));

        Assert.Contains("postgres at 127.0.0.1", exception.Message);
        Assert.False(PostgresServer.HoldsPassword(exception.Message));
    }

    private sealed class CountingLogger : ILogger
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Interlocked.Increment(ref _count);
    }
}
