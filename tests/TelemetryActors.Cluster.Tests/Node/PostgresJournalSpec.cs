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
    // By the database's own clock: longer than a starved machine takes from one line of a spec to the next.
    private static readonly TimeSpan Alive = TimeSpan.FromMinutes(2);

    // Less than what somebody is silent for in the specs of those who may come back.
    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(15);

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task Of_nodes_that_start_at_once_exactly_one_finds_nobody_alive()
    {
        using var server = new PostgresServer("127.0.0.1");
        var nodes = Enumerable.Range(1, 8).Select(node => $"node{node}").ToList();

        var entered = await Task.WhenAll(nodes.Select(async node =>
        {
            await using var journal = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
            return await journal.EnterAsync(node, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1), CancellationToken.None);
        }));

        var first = nodes[entered.ToList().FindIndex(others => others.Count == 0)];
        Assert.Equal(7, entered.Count(others => others.SequenceEqual([first])));
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_node_whose_word_was_old_when_it_could_be_seen_joins_who_began_meanwhile()
    {
        using var server = new PostgresServer("127.0.0.1");
        await using var commits = await SlowCommits.BeginAsync(server, "slow", 1);

        Assert.Equal(["quick"], await EnterSlowlyAsync(server, commits, 1));
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task Also_when_the_word_was_old_each_time_that_it_looked()
    {
        using var server = new PostgresServer("127.0.0.1");
        await using var commits = await SlowCommits.BeginAsync(server, "slow", 3);

        Assert.Equal(["quick"], await EnterSlowlyAsync(server, commits, 3));
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_node_whose_word_is_always_old_begins_no_cluster()
    {
        using var server = new PostgresServer("127.0.0.1");
        var time = new ManualTime();
        await using var commits = await SlowCommits.BeginAsync(server, "slow", 2);
        await using var journal = new PostgresJournal(SlowCommits.Patient(server), time, NullLogger.Instance);
        var entering = journal.EnterAsync("slow", SlowCommits.Takes / 2, SlowCommits.Takes * 1.5, CancellationToken.None);

        await commits.PassAsync(1, time);
        await commits.PassAsync(2, time);

        var exception = await Assert.ThrowsAsync<JournalUnreachableException>(() => entering);
        Assert.Contains("could not be entered within 900 s: it takes 600 s until others can see this node's word", exception.Message);
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task Who_only_asks_to_be_let_in_keeps_no_other_from_beginning()
    {
        using var server = new PostgresServer("127.0.0.1");
        List<string> called = [];
        await using var journal = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance, (node, _) =>
        {
            called.Add(node);
            return Task.FromResult(NeighbourState.There);
        });
        await journal.EnterAsync("dead", Alive, Alive, CancellationToken.None);
        var asked = await journal.EnterAsync("asks", Alive, Alive, CancellationToken.None);
        await journal.TellGoneAsync("dead", CancellationToken.None);

        var beginning = await journal.EnterAsync("begins", Alive, Alive, CancellationToken.None);
        var alive = await journal.AliveAsync(Alive, CancellationToken.None);
        var askedAgain = await journal.EnterAsync("asks", Alive, Alive, CancellationToken.None);
        await journal.TellAliveAsync("asks", CancellationToken.None);

        Assert.Equal(["dead"], asked);
        Assert.Empty(beginning);
        Assert.Equal(["begins"], askedAgain);
        Assert.Equal(["begins"], alive);
        Assert.Empty(called);
        Assert.Equal(2, (await journal.AliveAsync(Alive, CancellationToken.None)).Count);
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_node_that_left_or_fell_silent_is_not_alive()
    {
        using var server = new PostgresServer("127.0.0.1");
        await using var journal = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
        await journal.EnterAsync("left", Alive, Alive, CancellationToken.None);
        await journal.EnterAsync("stays", Alive, Alive, CancellationToken.None);
        await journal.TellAliveAsync("stays", CancellationToken.None);

        await journal.TellGoneAsync("left", CancellationToken.None);
        var alive = await journal.EnterAsync("new", Alive, Alive, CancellationToken.None);
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await RunAsync(database, "UPDATE telemetry_nodes SET seen = seen - interval '10 minutes'");
        var silent = await journal.EnterAsync("new", Alive, Alive, CancellationToken.None);

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

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_database_that_another_cluster_uses_lets_no_node_of_this_one_in()
    {
        using var server = new PostgresServer("127.0.0.1");
        await using var other = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
        await using var own = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
        await other.EnterAsync("akka.tcp://other@a:4053", Alive, Alive, CancellationToken.None);

        var exception = await Assert.ThrowsAsync<JournalRefusedException>(() => own.EnterAsync("akka.tcp://telemetry@b:4053", Alive, Alive, CancellationToken.None));
        await other.TellGoneAsync("akka.tcp://other@a:4053", CancellationToken.None);

        Assert.Contains("journal of another cluster: akka.tcp://other@a:4053 is alive there", exception.Message);
        Assert.Empty(await own.EnterAsync("akka.tcp://telemetry@b:4053", Alive, Alive, CancellationToken.None));
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_second_process_under_an_address_that_is_alive_is_not_let_in()
    {
        using var server = new PostgresServer("127.0.0.1");
        var time = new ManualTime();
        await using var first = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
        await using var second = new PostgresJournal(server.ConnectionString, time, NullLogger.Instance);

        var entering = EnterBesideAsync(first, second, time, () => first.TellAliveAsync("node", CancellationToken.None).GetAwaiter().GetResult());

        var exception = await Assert.ThrowsAsync<JournalRefusedException>(() => entering);
        Assert.Contains("another process is alive under this node's address node", exception.Message);
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task Nor_is_one_that_was_held_up_until_there_was_time_enough_for_it()
    {
        using var server = new PostgresServer("127.0.0.1");
        var time = new ManualTime();
        await using var first = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
        await using var second = new PostgresJournal(server.ConnectionString, time, NullLogger.Instance);

        var entering = EnterBesideAsync(first, second, time, () => first.TellAliveAsync("node", CancellationToken.None).GetAwaiter().GetResult(), step: 60);

        await Assert.ThrowsAsync<JournalRefusedException>(() => entering);
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_node_that_was_killed_is_let_in_again_when_its_earlier_life_stays_silent()
    {
        using var server = new PostgresServer("127.0.0.1");
        var time = new ManualTime();
        await using var killed = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
        await using var again = new PostgresJournal(server.ConnectionString, time, NullLogger.Instance);

        var others = await EnterBesideAsync(killed, again, time, () => { });

        Assert.Empty(others);
        Assert.False(await killed.TellAliveAsync("node", CancellationToken.None));
        Assert.True(await again.TellAliveAsync("node", CancellationToken.None));
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_namesake_that_could_not_say_that_it_is_alive_because_the_database_was_away_is_waited_for()
    {
        var time = new ManualTime();
        var failures = new CountingLogger();
        using var server = new PostgresServer("127.0.0.1");
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await RunAsync(database, "CREATE ROLE late SUPERUSER LOGIN PASSWORD 'late'");
        await using var first = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
        await first.EnterAsync("node", Alive, Alive, CancellationToken.None);
        await using var second = new PostgresJournal(server.ConnectionString + ";Username=late;Password=late", time, failures);
        var entering = second.EnterAsync("node", Alive, TimeSpan.FromHours(1), CancellationToken.None);
        AwaitLook();

        await RunAsync(database, "ALTER ROLE late NOLOGIN; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'late'");
        Eventually.True(() => failures.Count > 12, between: () => time.Advance(TimeSpan.FromSeconds(1)));
        await RunAsync(database, "ALTER ROLE late LOGIN");
        AwaitLook();

        Assert.True(await first.TellAliveAsync("node", CancellationToken.None));
        Eventually.True(() => entering.IsCompleted, between: () => time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Contains("another process is alive under this node's address", (await Assert.ThrowsAsync<JournalRefusedException>(() => entering)).Message);

        // It has seen the other one, and writes nothing.
        void AwaitLook() => Eventually.True(
            () =>
            {
                using var command = database.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE usename = 'late' AND state = 'idle' AND query = 'ROLLBACK'");
                return (long)command.ExecuteScalar()! > 0;
            },
            between: () => time.Advance(TimeSpan.FromMilliseconds(100)));
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_role_that_may_not_create_tables_uses_those_that_an_administrator_has_made()
    {
        using var server = new PostgresServer("127.0.0.1");
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await RunAsync(database, "CREATE ROLE guest LOGIN PASSWORD 'guest'; REVOKE CREATE ON SCHEMA public FROM PUBLIC;");
        await using var guest = new PostgresJournal(server.ConnectionString + ";Username=guest;Password=guest", TimeProvider.System, NullLogger.Instance);
        var refused = await Assert.ThrowsAsync<JournalUnreachableException>(() => guest.EnterAsync("node", Alive, TimeSpan.Zero, CancellationToken.None));

        await using (var administrator = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance))
        {
            await administrator.EnterAsync("admin", Alive, Alive, CancellationToken.None);
            await administrator.TellGoneAsync("admin", CancellationToken.None);
        }

        await RunAsync(database, "GRANT SELECT, INSERT, UPDATE, DELETE ON journal, tags, snapshot, telemetry_nodes TO guest;");
        var others = await guest.EnterAsync("node", Alive, TimeSpan.Zero, CancellationToken.None);

        Assert.Empty(others);
        Assert.Contains("it refuses: ", refused.Message);
        Assert.Contains("journal.postgresql.sql", refused.Message);
        Assert.DoesNotContain("does not answer", refused.Message);
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_table_of_an_older_program_is_brought_up_to_date()
    {
        using var server = new PostgresServer("127.0.0.1");
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await RunAsync(database, "CREATE TABLE telemetry_nodes (address text PRIMARY KEY, seen timestamptz NOT NULL); INSERT INTO telemetry_nodes VALUES ('older', clock_timestamp());");
        await using var journal = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);

        Assert.Equal(["older"], await journal.EnterAsync("node", Alive, Alive, CancellationToken.None));
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task Who_fell_silent_a_moment_ago_and_listens_still_is_asked_before_a_cluster_is_begun()
    {
        using var server = new PostgresServer("127.0.0.1");
        await FallSilentAsync(server, seconds: 60);

        var asked = await EnterAndLeaveAsync(server, NeighbourState.There);
        var notThere = await EnterAndLeaveAsync(server, NeighbourState.Gone);
        await FallSilentAsync(server, seconds: 600);
        var longAgo = await EnterAndLeaveAsync(server, NeighbourState.There);

        Assert.Equal(["silent"], asked);
        Assert.Empty(notThere);
        Assert.Empty(longAgo);
    }

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task No_cluster_is_begun_beside_a_node_that_fell_silent_a_moment_ago_and_cannot_be_asked()
    {
        using var server = new PostgresServer("127.0.0.1");
        await FallSilentAsync(server, 60);
        var state = NeighbourState.Unknown;
        await using var journal = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance, (_, _) => Task.FromResult(state));

        var exception = await Assert.ThrowsAsync<JournalRefusedException>(() => journal.EnterAsync("new", Shortly, TimeSpan.Zero, CancellationToken.None));
        var alive = await journal.AliveAsync(Shortly, CancellationToken.None);
        state = NeighbourState.Gone;

        Assert.Contains("silent was alive a moment ago, may be in a cluster, and cannot be asked", exception.Message);
        Assert.Empty(alive);
        Assert.Empty(await journal.EnterAsync("new", Shortly, Alive, CancellationToken.None));
    }

    // The last slow commit ends while a node waits that takes who is silent for dead, and begins.
    private static async Task<IReadOnlyList<string>> EnterSlowlyAsync(PostgresServer server, SlowCommits commits, int count)
    {
        var time = new ManualTime();
        await using var slow = new PostgresJournal(SlowCommits.Patient(server), time, NullLogger.Instance);
        await using var quick = new PostgresJournal(SlowCommits.Patient(server), TimeProvider.System, NullLogger.Instance);
        var entering = slow.EnterAsync("slow", SlowCommits.Takes / 2, SlowCommits.Takes * 10, CancellationToken.None);
        for (var commit = 1; commit < count; commit++)
        {
            await commits.PassAsync(commit, time);
        }

        Task<IReadOnlyList<string>>? beginning = null;
        await commits.PassAsync(count, time, meanwhile: () => beginning = quick.EnterAsync("quick", SlowCommits.Takes / 2, Alive, CancellationToken.None));
        Assert.Empty(await beginning!);
        return await entering;
    }

    private static async Task<IReadOnlyList<string>> EnterAndLeaveAsync(PostgresServer server, NeighbourState state)
    {
        await using var journal = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance, (_, _) => Task.FromResult(state));
        var others = await journal.EnterAsync("new", Shortly, Shortly, CancellationToken.None);
        await journal.TellGoneAsync("new", CancellationToken.None);
        return others;
    }

    private static async Task FallSilentAsync(PostgresServer server, int seconds)
    {
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await using var member = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance);
        await member.EnterAsync("silent", Shortly, Alive, CancellationToken.None);
        await RunAsync(database, $"UPDATE telemetry_nodes SET seen = seen - interval '{seconds} seconds'");
    }

    // A process has entered as the node, and then another one does, whose clock is moved by the test.
    private static async Task<IReadOnlyList<string>> EnterBesideAsync(PostgresJournal first, PostgresJournal second, ManualTime time, Action meanwhile, int step = 1)
    {
        var alive = TimeSpan.FromMinutes(5);
        await first.EnterAsync("node", alive, Alive, CancellationToken.None);
        var entering = second.EnterAsync("node", alive, Alive, CancellationToken.None);
        Eventually.True(() => entering.IsCompleted, between: () =>
        {
            meanwhile();
            time.Advance(TimeSpan.FromSeconds(step));
        });
        return await entering;
    }

    private static async Task RunAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
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
