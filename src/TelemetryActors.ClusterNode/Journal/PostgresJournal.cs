using Microsoft.Extensions.Logging;
using Npgsql;

namespace TelemetryActors.ClusterNode.Journal;

/// <summary>The database that all nodes share, as a node needs it before and beside the engine: its tables, and who is alive.</summary>
internal sealed partial class PostgresJournal : IAsyncDisposable
{
    // Any number that nobody else locks in this database.
    private const long EntryLock = 7021_0001;
    private const string Enter =
        "INSERT INTO telemetry_nodes (address, seen, start) VALUES ($1, clock_timestamp(), $2) ON CONFLICT (address) DO UPDATE SET seen = excluded.seen, start = excluded.start";
    private const string TellAlive = Enter + " WHERE telemetry_nodes.start = excluded.start";
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    // A node that lives says so every five seconds.
    private static readonly TimeSpan NamesakeSilence = TimeSpan.FromSeconds(8);

    private readonly NpgsqlDataSource _database;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly string _where;
    private readonly string _start = Guid.NewGuid().ToString("n");

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
    /// <exception cref="JournalRefusedException">It is another cluster's, or another process is alive under this address.</exception>
    public async Task<IReadOnlyList<string>> EnterAsync(string address, TimeSpan aliveWithin, TimeSpan patience, CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        var wasAway = false;
        var neighbours = new NodeNeighbours(address, _start);
        (NodeRow Row, long Since)? namesake = null;
        while (true)
        {
            try
            {
                var isPatient = namesake is { } known && _time.GetElapsedTime(known.Since) < NamesakeSilence;
                var (alive, hasEntered) = await EnterOnceAsync(address, neighbours, aliveWithin, isPatient || namesake is null, cancellation);
                if (!hasEntered)
                {
                    Refuse(namesake is { } before ? neighbours.Refusal(before.Row, alive) : null);
                    namesake ??= (neighbours.Namesake(alive)!, _time.GetTimestamp());
                    await Task.Delay(Between, _time, cancellation);
                    continue;
                }

                var others = alive.Where(node => node.Address != address).Select(node => node.Address).ToList();
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
                var what = JournalFault.Describe(exception);
                Unreachable(_log, _where, what);
                if (_time.GetElapsedTime(began) > patience)
                {
                    throw new JournalUnreachableException($"The journal {_where} could not be entered within {patience.TotalSeconds} s: it {what}");
                }
            }

            await Task.Delay(Between, _time, cancellation);
        }
    }

    /// <summary>Says that this node is alive.</summary>
    /// <returns>False when another process has entered under this address since.</returns>
    public async Task<bool> TellAliveAsync(string address, CancellationToken cancellation)
    {
        await using var command = Told(_database.CreateCommand(TellAlive), address);
        return await command.ExecuteNonQueryAsync(cancellation) > 0;
    }

    /// <summary>Takes this node out of those that are alive.</summary>
    /// <returns>False when it was not among them any more.</returns>
    public async Task<bool> TellGoneAsync(string address, CancellationToken cancellation)
    {
        await using var command = Told(_database.CreateCommand("DELETE FROM telemetry_nodes WHERE address = $1 AND start = $2"), address);
        return await command.ExecuteNonQueryAsync(cancellation) > 0;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<(IReadOnlyList<NodeRow> Alive, bool HasEntered)> EnterOnceAsync(
        string address, NodeNeighbours neighbours, TimeSpan aliveWithin, bool waitsForNamesake, CancellationToken cancellation)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var entry = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({EntryLock})", connection, transaction))
        {
            await entry.ExecuteNonQueryAsync(cancellation);
        }

        await JournalTables.MakeMissingAsync(connection, transaction, cancellation);
        var alive = await AliveAsync(connection, aliveWithin, cancellation);
        Refuse(neighbours.Refusal(alive));
        if (waitsForNamesake && neighbours.Namesake(alive) is not null)
        {
            return (alive, false);
        }

        await using (var tell = Told(new NpgsqlCommand(Enter, connection, transaction), address))
        {
            await tell.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return (alive, true);
    }

    private void Refuse(string? reason)
    {
        if (reason is not null)
        {
            throw new JournalRefusedException($"The journal {_where} does not let this node in: {reason}.");
        }
    }

    private NpgsqlCommand Told(NpgsqlCommand command, string address)
    {
        command.Parameters.AddWithValue(address);
        command.Parameters.AddWithValue(_start);
        return command;
    }

    private static async Task<List<NodeRow>> AliveAsync(NpgsqlConnection connection, TimeSpan within, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT address, start, seen FROM telemetry_nodes WHERE seen > clock_timestamp() - $1 ORDER BY seen DESC", connection);
        command.Parameters.AddWithValue(within);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var alive = new List<NodeRow>();
        while (await reader.ReadAsync(cancellation))
        {
            alive.Add(new NodeRow(reader.GetString(0), await reader.IsDBNullAsync(1, cancellation) ? null : reader.GetString(1), reader.GetDateTime(2)));
        }

        return alive;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The journal {Where} {What}")]
    private static partial void Unreachable(ILogger log, string where, string what);
}
