using Microsoft.Extensions.Logging;
using Npgsql;

namespace TelemetryActors.ClusterNode.Journal;

/// <summary>The database that all nodes share, as a node needs it before and beside the engine: its tables, and who is alive.</summary>
internal sealed partial class PostgresJournal : IAsyncDisposable
{
    // Any number that nobody else locks in this database.
    private const long EntryLock = 7021_0001;
    private const string TellAlive = "INSERT INTO telemetry_nodes VALUES ($1, clock_timestamp()) ON CONFLICT (address) DO UPDATE SET seen = excluded.seen";
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _database;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly string _where;

    public PostgresJournal(string connectionString, TimeProvider time, ILogger log)
    {
        _database = NpgsqlDataSource.Create(connectionString);
        _time = time;
        _log = log;
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        _where = $"{parts.Database} at {parts.Host}:{parts.Port}";
    }

    /// <summary>Waits until the database answers, makes the tables that are missing, and says that this node is alive. One node at a time.</summary>
    /// <remarks>A database that was away was away for the others as well: who finds nobody then asks again when they have had the time to say that they are alive.</remarks>
    /// <returns>The other nodes that are alive, by the database's own clock.</returns>
    /// <exception cref="JournalUnreachableException">It did not answer in time.</exception>
    public async Task<IReadOnlyList<string>> EnterAsync(string address, TimeSpan aliveWithin, TimeSpan patience, CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        var wasAway = false;
        while (true)
        {
            try
            {
                var others = await EnterOnceAsync(address, aliveWithin, cancellation);
                if (others.Count > 0 || !wasAway)
                {
                    return others;
                }

                wasAway = false;
                await Task.Delay(aliveWithin, _time, cancellation);
                continue;
            }
            catch (NpgsqlException exception)
            {
                wasAway = true;
                // What is refused for good - a wrong password, no such database - may be mended meanwhile just as well.
                Unreachable(_log, _where, exception.Message);
                if (_time.GetElapsedTime(began) > patience)
                {
                    throw new JournalUnreachableException($"The journal {_where} did not answer within {patience.TotalSeconds} s: {exception.Message}");
                }
            }

            await Task.Delay(Between, _time, cancellation);
        }
    }

    /// <summary>Says that this node is alive.</summary>
    public async Task TellAliveAsync(string address, CancellationToken cancellation)
    {
        await using var command = _database.CreateCommand(TellAlive);
        command.Parameters.AddWithValue(address);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Takes this node out of those that are alive.</summary>
    public async Task TellGoneAsync(string address, CancellationToken cancellation)
    {
        await using var command = _database.CreateCommand("DELETE FROM telemetry_nodes WHERE address = $1");
        command.Parameters.AddWithValue(address);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<IReadOnlyList<string>> EnterOnceAsync(string address, TimeSpan aliveWithin, CancellationToken cancellation)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var tables = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({EntryLock});\n{Tables()}", connection, transaction))
        {
            await tables.ExecuteNonQueryAsync(cancellation);
        }

        var others = await OthersAsync(connection, address, aliveWithin, cancellation);
        await using (var alive = new NpgsqlCommand(TellAlive, connection, transaction))
        {
            alive.Parameters.AddWithValue(address);
            await alive.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return others;
    }

    private static async Task<List<string>> OthersAsync(NpgsqlConnection connection, string address, TimeSpan within, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT address FROM telemetry_nodes WHERE address <> $1 AND seen > clock_timestamp() - $2 ORDER BY seen DESC", connection);
        command.Parameters.AddWithValue(address);
        command.Parameters.AddWithValue(within);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var others = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            others.Add(reader.GetString(0));
        }

        return others;
    }

    private static string Tables()
    {
        using var stream = typeof(PostgresJournal).Assembly.GetManifestResourceStream("journal.postgresql.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The journal {Where} does not answer: {Cause}")]
    private static partial void Unreachable(ILogger log, string where, string cause);
}
