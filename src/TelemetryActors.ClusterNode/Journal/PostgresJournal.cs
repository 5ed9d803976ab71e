using Microsoft.Extensions.Logging;
using Npgsql;

namespace TelemetryActors.ClusterNode.Journal;

/// <summary>The database that all nodes share, as a node needs it before and beside the engine: its tables, and who is alive.</summary>
internal sealed partial class PostgresJournal : IAsyncDisposable
{
    // Any number that nobody else locks in this database.
    private const long EntryLock = 7021_0001;
    private const string Enter =
        "INSERT INTO telemetry_nodes (address, seen, start, asks) VALUES ($1, clock_timestamp(), $2, $3) ON CONFLICT (address) DO UPDATE SET seen = excluded.seen, start = excluded.start, asks = excluded.asks";
    private const string TellAlive = Enter + " WHERE telemetry_nodes.start = excluded.start";
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    // A node that lives says so every five seconds.
    private static readonly TimeSpan NamesakeSilence = TimeSpan.FromSeconds(8);

    // Who fell silent longer ago is given up, whatever may come back of it: a machine that is lost must not keep the others from beginning for ever.
    private static readonly TimeSpan MayComeBack = TimeSpan.FromMinutes(3);

    private readonly Func<string, CancellationToken, Task<NeighbourState>>? _ask;
    private readonly NpgsqlDataSource _database;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly string _where;
    private readonly string _start = Guid.NewGuid().ToString("n");

    /// <param name="connectionString">Where the database is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told of a database that does not answer, and of nodes that may be in a cluster.</param>
    /// <param name="ask">Calls a node that fell silent; null: who is silent is not there.</param>
    public PostgresJournal(string connectionString, TimeProvider time, ILogger log, Func<string, CancellationToken, Task<NeighbourState>>? ask = null)
    {
        _ask = ask;
        _database = NpgsqlDataSource.Create(connectionString);
        _time = time;
        _log = log;
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        _where = $"{parts.Database} at {parts.Host}:{parts.Port}";
    }

    /// <summary>Waits until the database answers, makes the tables that are missing, and says that this node is alive. One node at a time.</summary>
    /// <remarks>A database that was away was away for the others as well: who finds nobody then asks again when they have had the time to say that they are alive.</remarks>
    /// <returns>The other nodes that are alive, by the database's own clock, or fell silent there a moment ago and listen still. Who itself only asks to be let in is none: two would ask each other for ever.</returns>
    /// <exception cref="JournalUnreachableException">It did not answer in time, or took so long to commit each time that nobody could know whether another has begun meanwhile.</exception>
    /// <exception cref="JournalRefusedException">It is another cluster's, another process is alive under this address, or one that fell silent a moment ago cannot be asked.</exception>
    public async Task<IReadOnlyList<string>> EnterAsync(string address, TimeSpan aliveWithin, TimeSpan patience, CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        var wasAway = false;
        var neighbours = new NodeNeighbours(address, _start);
        (NodeRow Row, long Since)? namesake = null;
        var looks = 0;
        HashSet<NodeRow> called = [];
        List<string> there = [];
        while (true)
        {
            try
            {
                // One look at the least between the first and the one that finds it silent: who was held up meanwhile has heard nobody.
                var isPatient = namesake is { } known && (looks++ == 0 || _time.GetElapsedTime(known.Since) < NamesakeSilence);
                var (alive, silent, told) = await EnterOnceAsync(
                    address, neighbours, aliveWithin, namesake?.Row, isPatient || namesake is null, mayBegin: !wasAway && there.Count == 0, called, cancellation);
                if (silent.Count > 0)
                {
                    var states = await Task.WhenAll(silent.Select(node => _ask!(node.Address, cancellation)));
                    var away = silent.Where((_, at) => states[at] == NeighbourState.Unknown).Select(node => node.Address).ToList();
                    there = [.. silent.Where((_, at) => states[at] == NeighbourState.There).Select(node => node.Address)];
                    if (there.Count > 0)
                    {
                        Asks(_log, string.Join(", ", there));
                    }

                    if (there.Count > 0 || away.Count == 0)
                    {
                        called.UnionWith(silent);
                        continue;
                    }

                    Waits(_log, string.Join(", ", away), MayComeBack.TotalSeconds);
                    Refuse(_time.GetElapsedTime(began) > patience
                        ? $"{string.Join(", ", away)} was alive a moment ago, may be in a cluster, and cannot be asked; this node begins none beside it before it has been silent for {MayComeBack.TotalSeconds} s"
                        : null);
                    await Task.Delay(Between, _time, cancellation);
                    continue;
                }

                if (told is not { } since)
                {
                    namesake ??= (neighbours.Namesake(alive)!, _time.GetTimestamp());
                    await Task.Delay(Between, _time, cancellation);
                    continue;
                }

                var others = OthersIn(alive, address).Select(node => node.Address).Union(there).ToList();
                if (others.Count == 0 && _time.GetElapsedTime(since) is var took && took > aliveWithin / 2)
                {
                    // The row says when it was written, and was seen when it was committed: whoever came in between took this node for dead, and may have begun.
                    if (_time.GetElapsedTime(began) > patience)
                    {
                        throw new JournalUnreachableException(
                            $"The journal {_where} could not be entered within {patience.TotalSeconds} s: it takes {took.TotalSeconds:0} s until others can see this node's word, and they take it for dead meanwhile");
                    }

                    continue;
                }

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

                // Nobody could say that it is alive meanwhile: a namesake has not been silent for a moment yet.
                (namesake, looks) = (namesake is { } unheard ? (unheard.Row, _time.GetTimestamp()) : null, 0);

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

    /// <summary>Says that this node is alive, and in a cluster or about to begin one.</summary>
    /// <returns>False when another process has entered under this address since.</returns>
    public async Task<bool> TellAliveAsync(string address, CancellationToken cancellation)
    {
        await using var command = Told(_database.CreateCommand(TellAlive), address);
        command.Parameters.AddWithValue(false);
        return await command.ExecuteNonQueryAsync(cancellation) > 0;
    }

    /// <summary>All nodes that are alive, by the database's own clock, and do more than ask to be let in.</summary>
    public async Task<IReadOnlyList<string>> AliveAsync(TimeSpan aliveWithin, CancellationToken cancellation)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        return [.. (await SeenAsync(connection, aliveWithin, cancellation)).Where(node => !node.Asks).Select(node => node.Address)];
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

    private async Task<(IReadOnlyList<NodeRow> Alive, IReadOnlyList<NodeRow> Silent, long? Told)> EnterOnceAsync(
        string address, NodeNeighbours neighbours, TimeSpan aliveWithin, NodeRow? namesake, bool waitsForNamesake, bool mayBegin, HashSet<NodeRow> called, CancellationToken cancellation)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var entry = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({EntryLock})", connection, transaction))
        {
            await entry.ExecuteNonQueryAsync(cancellation);
        }

        await JournalTables.MakeMissingAsync(connection, transaction, cancellation);
        var alive = await SeenAsync(connection, aliveWithin, cancellation);
        Refuse(neighbours.Refusal(alive));

        // Also when there was time enough: a machine that was held up may look for the second time only now.
        Refuse(namesake is null ? null : neighbours.Refusal(namesake, alive));
        if (waitsForNamesake && neighbours.Namesake(alive) is not null)
        {
            return (alive, [], null);
        }

        var isAlone = !OthersIn(alive, address).Any();
        if (_ask is not null && isAlone)
        {
            var silent = OthersIn(await SeenAsync(connection, MayComeBack, cancellation), address).Where(node => !alive.Contains(node) && !called.Contains(node)).ToList();
            if (silent.Count > 0)
            {
                return (alive, silent, null);
            }
        }

        var told = _time.GetTimestamp();
        await using (var tell = Told(new NpgsqlCommand(Enter, connection, transaction), address))
        {
            tell.Parameters.AddWithValue(!mayBegin || !isAlone);
            await tell.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return (alive, [], told);
    }

    // Who only asks to be let in is in no cluster, and begins none.
    private static IEnumerable<NodeRow> OthersIn(IEnumerable<NodeRow> seen, string address) => seen.Where(node => node.Address != address && !node.Asks);

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

    private static async Task<List<NodeRow>> SeenAsync(NpgsqlConnection connection, TimeSpan within, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT address, start, seen, coalesce(asks, false) FROM telemetry_nodes WHERE seen > clock_timestamp() - $1 ORDER BY seen DESC", connection);
        command.Parameters.AddWithValue(within);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var alive = new List<NodeRow>();
        while (await reader.ReadAsync(cancellation))
        {
            alive.Add(new NodeRow(reader.GetString(0), await reader.IsDBNullAsync(1, cancellation) ? null : reader.GetString(1), reader.GetDateTime(2), reader.GetBoolean(3)));
        }

        return alive;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Nodes} fell silent in the journal a moment ago and listens still: it is asked to let this node in, and no cluster is begun beside it.")]
    private static partial void Asks(ILogger log, string nodes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Nodes} fell silent in the journal a moment ago and cannot be asked whether it is in a cluster: this node waits, and begins none before it has been silent for {Seconds} s.")]
    private static partial void Waits(ILogger log, string nodes, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The journal {Where} {What}")]
    private static partial void Unreachable(ILogger log, string where, string what);
}
