namespace TelemetryActors.Sqlite;

/// <summary>Columns that the owner of a store added to its tables, and indexes on these: a new file's tables get them as well, with the values of the old one's rows.</summary>
/// <remarks>For a connection that has the new file as <c>main</c> and the old one as <c>old</c>, in one transaction.</remarks>
internal sealed class OwnersColumns
{
    private static readonly Dictionary<string, string> Keys = new(StringComparer.Ordinal)
    {
        ["agent_runs"] = "n.run_id = o.run_id",
        ["run_events"] = "n.event_id = o.event_id",
        ["commits"] = "n.commit_hash = o.commit_hash AND n.run_id = o.run_id",
    };

    private readonly Database _database;
    private readonly Action<string> _tell;
    private readonly Dictionary<string, List<string>> _added = new(StringComparer.Ordinal);

    private OwnersColumns(Database database, Action<string> tell)
    {
        _database = database;
        _tell = tell;
    }

    /// <summary>Adds to each table of the new file what only the old one's has.</summary>
    /// <param name="database">The connection.</param>
    /// <param name="tell">Told of what cannot be taken over.</param>
    public static OwnersColumns Add(Database database, Action<string> tell)
    {
        var columns = new OwnersColumns(database, tell);
        foreach (var table in Keys.Keys)
        {
            var made = columns.NamesOf(table);
            columns._added[table] = [.. columns.Of(table, "old").Where(column => !made.Contains(column.Name) && columns.TryAdd(table, column.Name, column.Declared)).Select(column => column.Name)];
        }

        return columns;
    }

    /// <summary>The columns of a table that both files have, in quotes and with commas between them.</summary>
    public string Common(string table)
    {
        var made = NamesOf(table);
        return string.Join(", ", Of(table, "old").Where(column => made.Contains(column.Name)).Select(column => OwnersObjects.Quoted(column.Name)));
    }

    /// <summary>The columns that were added to a table, each in quotes and behind a comma.</summary>
    public string Added(string table) => string.Concat(_added[table].Select(name => ", " + OwnersObjects.Quoted(name)));

    /// <summary>Gives the rows that the log brought what their old ones hold in the added columns, and makes the owner's indexes again.</summary>
    public void Fill()
    {
        foreach (var (table, added) in _added.Where(entry => entry.Value.Count > 0))
        {
            var values = added.Select(OwnersObjects.Quoted).Select(name => $"{name} = o.{name}");
            _database.Execute($"UPDATE main.{table} AS n SET {string.Join(", ", values)} FROM old.{table} o WHERE {Keys[table]}");
        }

        foreach (var (name, sql) in Indexes())
        {
            Try(sql, $"index {name}", "is not taken over");
        }
    }

    // SQLite adds some columns to an empty table alone, and the log brought rows: its values are what the old file alone has, so these come in any case.
    private bool TryAdd(string table, string name, string declared) =>
        Try($"ALTER TABLE main.{table} ADD COLUMN {OwnersObjects.Quoted(name)} {declared}", $"column {table}.{name}", "is taken over with its values and without its declaration")
        || Try($"ALTER TABLE main.{table} ADD COLUMN {OwnersObjects.Quoted(name)}", $"column {table}.{name}", "is not taken over");

    private bool Try(string sql, string what, string otherwise)
    {
        try
        {
            _database.Execute(sql);
            return true;
        }
        catch (SqliteFault fault) when (fault.IsMisfit)
        {
            _tell($"The owner's {what} {otherwise}: {fault.Message}");
            return false;
        }
    }

    private HashSet<string> NamesOf(string table) => Of(table, "main").Select(column => column.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

    // A generated column is none of these: it has no values of its own.
    private List<(string Name, string Declared)> Of(string table, string schema)
    {
        using var found = _database.Prepare("""
            SELECT name, type || CASE WHEN "notnull" THEN ' NOT NULL' ELSE '' END || CASE WHEN dflt_value IS NULL THEN '' ELSE ' DEFAULT (' || dflt_value || ')' END
            FROM pragma_table_info(?, ?)
            """);
        found.Bind(1, table);
        found.Bind(2, schema);
        return Rows(found);
    }

    private List<(string Name, string Sql)> Indexes()
    {
        using var found = _database.Prepare("""
            SELECT name, sql FROM old.sqlite_master
            WHERE type = 'index' AND sql IS NOT NULL AND lower(tbl_name) IN ('agent_runs', 'run_events', 'commits')
                AND lower(name) NOT IN (SELECT lower(name) FROM main.sqlite_master)
            ORDER BY rowid
            """);
        return Rows(found);
    }

    private static List<(string First, string Second)> Rows(Statement found)
    {
        List<(string First, string Second)> rows = [];
        while (found.Step())
        {
            rows.Add((found.Text(0)!, found.Text(1)!));
        }

        return rows;
    }
}
