using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TelemetryActors.Cluster.Tests.Story;
using TelemetryActors.ClusterNode.Journal;
using TelemetryActors.TestKit;

namespace TelemetryActors.Cluster.Tests.Node;

/// <summary>A database whose first commits of one node's word each wait for the spec, and end as if they had taken long.</summary>
internal sealed class SlowCommits : IAsyncDisposable
{
    // Of the locks that nobody else takes in this database.
    private const int FirstLock = 4711;

    private readonly NpgsqlDataSource _database;
    private readonly NpgsqlConnection _holds;

    private SlowCommits(NpgsqlDataSource database, NpgsqlConnection holds)
    {
        _database = database;
        _holds = holds;
    }

    /// <summary>How long each takes: what was written is as old by the database's clock, and the node's own clock is moved as far.</summary>
    public static TimeSpan Takes { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Where the database is, for who waits for such a commit: on a starved machine it takes longer than a command may.</summary>
    public static string Patient(PostgresServer server) => server.ConnectionString + ";Command Timeout=0";

    /// <summary>Makes a database's journal so. Nobody is in it.</summary>
    public static async Task<SlowCommits> BeginAsync(PostgresServer server, string node, int count)
    {
        await using (var before = new PostgresJournal(server.ConnectionString, TimeProvider.System, NullLogger.Instance))
        {
            await before.EnterAsync("before", Takes, Takes, CancellationToken.None);
            await before.TellGoneAsync("before", CancellationToken.None);
        }

        var database = NpgsqlDataSource.Create(server.ConnectionString);
        var holds = await database.OpenConnectionAsync();
        await RunAsync(holds, string.Create(CultureInfo.InvariantCulture, $"""
            CREATE SEQUENCE words;
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE word bigint;
            BEGIN
                IF NEW.address <> '{node}' THEN RETURN NULL; END IF;
                word := nextval('words');
                IF word > {count} THEN RETURN NULL; END IF;
                PERFORM pg_advisory_xact_lock_shared({FirstLock} + word);
                UPDATE telemetry_nodes SET seen = seen - interval '{Takes.TotalSeconds} seconds' WHERE address = NEW.address;
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER holds AFTER INSERT OR UPDATE OF start ON telemetry_nodes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold();
            SELECT pg_advisory_lock({FirstLock} + word) FROM generate_series(1, {count}) word;
            """));
        return new SlowCommits(database, holds);
    }

    /// <summary>Lets the commit that waits take its time, and end; before, somebody else begins to wait for it.</summary>
    public async Task PassAsync(int commit, ManualTime time, Action? meanwhile = null)
    {
        Eventually.True(() => Waiting() == 1);
        time.Advance(Takes);
        if (meanwhile is not null)
        {
            meanwhile();
            Eventually.True(() => Waiting() == 2);
        }

        await RunAsync(_holds, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_unlock({FirstLock + commit})"));
    }

    public async ValueTask DisposeAsync()
    {
        await _holds.DisposeAsync();
        await _database.DisposeAsync();
    }

    private long Waiting()
    {
        using var command = _database.CreateCommand("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
        return (long)command.ExecuteScalar()!;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
