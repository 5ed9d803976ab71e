namespace TelemetryActors.Sqlite;

/// <summary>Takes over from an old store what the log does not hold any more: its files are gone by retention, or an older system wrote the rows.</summary>
internal static class OlderRows
{
    private const string EventColumns =
        "event_id, run_id, seq, timestamp, event_type, level, agent_name, session_id, user_id, weight, received_at, payload_json";

    /// <summary>Takes them over; an old file that cannot be read is told of and left out.</summary>
    /// <returns>How many runs.</returns>
    public static long Take(StoreFile made, StoreFile old, DateTimeOffset now, Action<string> tell)
    {
        if (!File.Exists(old.Path))
        {
            return 0;
        }

        try
        {
            // Brings an older version here, and its log of changes into the file.
            old.Open(now, tell).Dispose();
            using var database = Database.OpenToWrite(made.Path);
            return Take(database, old.Path, made.Events);
        }
        catch (IOException fault)
        {
            tell($"Nothing is taken over from the old store: {fault.Message}");
            return 0;
        }
    }

    // A run whose beginning the log has lost stays as it was known; an event of the log is never there twice.
    private static long Take(Database database, string old, bool withEvents)
    {
        using (var attach = database.Prepare("ATTACH ? AS old"))
        {
            attach.Bind(1, old);
            attach.Run();
        }

        var kept = 0L;
        database.InTransaction(() =>
        {
            database.Execute("""
                INSERT OR REPLACE INTO main.agent_runs SELECT o.* FROM old.agent_runs o LEFT JOIN main.agent_runs n ON n.run_id = o.run_id
                WHERE n.run_id IS NULL OR (n.start_time IS NULL AND o.start_time IS NOT NULL)
                """);
            kept = database.Changes;
            database.Execute($"""
                INSERT INTO main.run_events ({EventColumns}) SELECT {EventColumns} FROM old.run_events o
                WHERE {(withEvents ? "true" : "o.event_id IS NULL")} ORDER BY o.id ON CONFLICT (event_id) DO NOTHING
                """);
            database.Execute("INSERT OR IGNORE INTO main.commits SELECT * FROM old.commits");
        });
        database.Execute("DETACH old");
        return kept;
    }
}
