namespace TelemetryActors.Sqlite;

/// <summary>Takes over from an old store what the log does not hold any more: its files are gone by retention, or an older system wrote the rows.</summary>
internal static class OlderRows
{
    private const string EventColumns =
        "event_id, run_id, seq, timestamp, event_type, level, agent_name, session_id, user_id, weight, received_at, payload_json";

    // What both the log and the old store count: neither knows of fewer lines than it says.
    private static readonly string[] Counts = ["updated_at", "last_seq", "event_count", "duplicate_count", "ignored_end_count"];

    /// <summary>Looks whether an old file is a store that may be taken over; changes nothing.</summary>
    /// <exception cref="StoreRefusedException">It is of a newer version, or of something else.</exception>
    /// <exception cref="SqliteFault">It is damaged, or cannot be read now.</exception>
    public static void Check(StoreFile old)
    {
        using var database = Database.OpenToRead(old.Path, TimeSpan.Zero);
        StoreSchema.Read(database, old.Path);
    }

    /// <summary>What an old file holds beside the store: tables, views and triggers of its owner, each with its kind.</summary>
    /// <exception cref="SqliteFault">It is damaged, or cannot be read now.</exception>
    public static IReadOnlyList<string> Others(StoreFile old)
    {
        using var database = Database.OpenToRead(old.Path, TimeSpan.Zero);
        using var found = database.Prepare("""
            SELECT type || ' ' || name FROM sqlite_master
            WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'
                AND name NOT IN ('schema_migrations', 'agent_runs', 'run_events', 'commits', 'sink_accounts')
            ORDER BY name
            """);
        List<string> others = [];
        while (found.Step())
        {
            others.Add(found.Text(0)!);
        }

        return others;
    }

    /// <summary>Takes them over.</summary>
    /// <returns>How many runs only the old file had.</returns>
    /// <exception cref="StoreRefusedException">The old file is of a newer version, or of something else.</exception>
    /// <exception cref="SqliteFault">It is damaged, or cannot be read now: nothing is taken over.</exception>
    public static long Take(StoreFile made, StoreFile old, DateTimeOffset now, Action<string> tell)
    {
        // Brings an older version here, and its log of changes into the file.
        old.Open(now, tell).Dispose();
        using var database = Database.OpenToWrite(made.Path);
        try
        {
            return Take(database, old.Path, made.Events, tell);
        }
        catch (SqliteFault fault) when (fault.IsLocked)
        {
            // Nobody else knows of the new file: the lock is the old one's, which hangs on the same connection.
            throw new SqliteFault(fault.Code, fault.Message.Replace(made.Path, old.Path, StringComparison.Ordinal));
        }
    }

    // A run whose beginning the log has lost gets what only the old row knows; an event of the log is never there twice.
    private static long Take(Database database, string old, bool withEvents, Action<string> tell)
    {
        using (var attach = database.Prepare("ATTACH ? AS old"))
        {
            attach.Bind(1, old);
            attach.Run();
        }

        var kept = 0L;
        database.InTransaction(() =>
        {
            var owners = OwnersColumns.Add(database, tell);
            var (runs, events, commits) = (owners.Common("agent_runs"), EventColumns + owners.Added("run_events"), owners.Common("commits"));
            database.Execute(FillSql(database));
            database.Execute($"INSERT OR IGNORE INTO main.agent_runs ({runs}) SELECT {runs} FROM old.agent_runs");
            kept = database.Changes;
            database.Execute($"""
                INSERT INTO main.run_events ({events}) SELECT {events} FROM old.run_events o
                WHERE {(withEvents ? "true" : "o.event_id IS NULL")} ORDER BY o.id ON CONFLICT (event_id) DO NOTHING
                """);
            database.Execute($"INSERT OR IGNORE INTO main.commits ({commits}) SELECT {commits} FROM old.commits");
            owners.Fill();

            // An older system counted none.
            database.Execute("""
                UPDATE main.agent_runs SET event_count = counted.events
                FROM (SELECT run_id AS run, count(*) AS events FROM main.run_events WHERE event_id IS NULL GROUP BY run_id) AS counted
                WHERE counted.run = main.agent_runs.run_id AND event_count = 0
                """);
        });
        database.Execute("DETACH old");
        return kept;
    }

    // What the log says of a run is newer than the old row, but a line that came late says nothing of how it ended.
    private static string FillSql(Database database)
    {
        List<string> columns = [];
        using (var names = database.Prepare("SELECT name FROM pragma_table_info('agent_runs', 'main') WHERE name <> 'run_id'"))
        {
            while (names.Step())
            {
                columns.Add(names.Text(0)!);
            }
        }

        var values = columns.Select(column => column switch
        {
            "began_at" => "began_at = o.began_at",
            "status" => "status = CASE WHEN n.end_time IS NULL AND o.end_time IS NOT NULL THEN o.status ELSE n.status END",
            _ when Counts.Contains(column) => $"{column} = max(coalesce(n.{column}, o.{column}), coalesce(o.{column}, n.{column}))",
            _ => $"{OwnersObjects.Quoted(column)} = coalesce(n.{OwnersObjects.Quoted(column)}, o.{OwnersObjects.Quoted(column)})",
        });
        return $"UPDATE main.agent_runs AS n SET {string.Join(", ", values)} FROM old.agent_runs o "
            + "WHERE o.run_id = n.run_id AND n.start_time IS NULL AND o.start_time IS NOT NULL";
    }
}
