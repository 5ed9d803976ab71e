using TelemetryActors.Runs;
using TelemetryActors.Storage;
using TelemetryActors.Store;

namespace TelemetryActors.Sqlite;

/// <summary>Answers questions from a SQLite store, beside the sink that writes it.</summary>
/// <remarks>Thread-safe: one question at a time on one connection that can only read. A file that was replaced meanwhile is opened anew.</remarks>
public sealed class SqliteRunStore : IRunStore
{
    // Readers of a rollback journal wait while a transaction is written; with WAL nobody waits.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly string _file;
    private Database _database;
    private FileIdentity? _identity;

    private SqliteRunStore(string file)
    {
        _file = file;
        (_database, _identity) = Connect();
    }

    /// <summary>Opens a store to read it.</summary>
    /// <param name="file">The file, usually <c>db/telemetry.sqlite</c> of a base directory.</param>
    /// <exception cref="IOException">It is not there, cannot be read, or has a version that this product does not read; the message says which.</exception>
    public static SqliteRunStore Open(string file) => new(file);

    /// <inheritdoc />
    public RunPage GetRuns(RunQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Ask(database => RunQuestions.Page(database, query));
    }

    /// <inheritdoc />
    public RunRecord? FindRun(string runId) => Ask(database => RunQuestions.Find(database, runId));

    /// <inheritdoc />
    public EventPage GetEvents(EventQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Ask(database => EventQuestions.Page(database, query));
    }

    /// <inheritdoc />
    public IReadOnlyList<RunCounts> CountRuns(RunGrouping grouping, RunQuery filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Ask(database => RunQuestions.Count(database, grouping, filter));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _database.Dispose();
        }
    }

    /// <summary>From the next question on the store stays for this reader as it is then, whatever is written meanwhile; until it is disposed of.</summary>
    /// <remarks>With a rollback journal no writer commits until then: ask at once, and dispose of it before anything that may take long.</remarks>
    internal void HoldStill()
    {
        lock (_gate)
        {
            _database.Execute("BEGIN");
        }
    }

    /// <summary>How far each writer slot is in the store.</summary>
    internal IReadOnlyList<StoredAccount> Accounts() => Ask(AccountRows.Load);

    /// <summary>What SQLite would do for a question, for specs.</summary>
    internal IReadOnlyList<string> PlanOf(string sql) => Ask(database =>
    {
        using var plan = database.Prepare("EXPLAIN QUERY PLAN " + sql);
        List<string> steps = [];
        while (plan.Step())
        {
            steps.Add(plan.Text(3)!);
        }

        return steps;
    });

    private T Ask<T>(Func<Database, T> question)
    {
        lock (_gate)
        {
            if (!_database.IsInTransaction && FileStatus.Identify(_file) is { } now && _identity is { } known && !now.IsSameFile(known))
            {
                // The old connection answers until there is another.
                var (database, identity) = Connect();
                _database.Dispose();
                (_database, _identity) = (database, identity);
            }

            return question(_database);
        }
    }

    private (Database Database, FileIdentity? Identity) Connect()
    {
        var identity = FileStatus.Identify(_file);
        var database = Database.OpenToRead(_file, LongestWait);
        try
        {
            if (identity is null)
            {
                // In memory readers share the writer's pages: they would wait for its transactions otherwise.
                database.Execute("PRAGMA read_uncommitted = 1");
            }

            if (StoreSchema.Read(database, _file) is var version && version != StoreSchema.Version)
            {
                throw new StoreRefusedException($"{_file} has schema version {version}: the next start of its sink, or telemetry rebuild, brings it to {StoreSchema.Version}, or says why that cannot be; telemetry rebuild --log-only builds a store from the log alone.");
            }

            return (database, identity);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
