namespace TelemetryActors.Sqlite;

/// <summary>What the owner of a store made in it besides its tables: triggers and indexes on them go with a table that is made anew, views and other tables name it.</summary>
/// <remarks>For the transaction in which the tables are made anew.</remarks>
internal sealed class OwnersObjects
{
    private const string RemadeTables = "('agent_runs', 'run_events', 'commits')";
    private const string StoreTables = "('schema_migrations', 'agent_runs', 'run_events', 'commits')";

    private readonly List<OwnersObject> _attached = [];
    private readonly HashSet<(string Table, string Use)> _broken = [];
    private readonly List<(OwnersObject Of, string Sql)> _working = [];

    private OwnersObjects()
    {
    }

    /// <summary>What is there.</summary>
    public static OwnersObjects Find(Database database)
    {
        var found = new OwnersObjects();
        found._attached.AddRange(Select(database, $"type IN ('trigger', 'index') AND sql IS NOT NULL AND lower(tbl_name) IN {RemadeTables}"));
        foreach (var table in found._attached.Where(each => each.Kind == "trigger").Select(TableOf).Distinct())
        {
            found._broken.UnionWith(Uses(database, "table", table).Where(use => FaultOf(database, use.Sql) is not null).Select(use => (table, use.Name)));
        }

        foreach (var other in Select(database, $"type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND lower(name) NOT IN {StoreTables}"))
        {
            found._working.AddRange(Uses(database, other.Kind, other.Name).Where(use => FaultOf(database, use.Sql) is null).Select(use => (other, use.Sql)));
        }

        return found;
    }

    /// <summary>Makes again what went with the older tables, and looks whether all that worked still does.</summary>
    /// <exception cref="StoreRefusedException">Something does not fit the new tables; the message names it.</exception>
    public void PutBack(Database database, string path)
    {
        foreach (var each in _attached)
        {
            // An index of the store's own has that name now.
            if (each.Kind == "index" && Select(database, "type = 'index'").Any(index => index.Name.Equals(each.Name, StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            MakeAgain(database, path, each);
        }

        foreach (var (of, sql) in _working)
        {
            if (FaultOf(database, sql) is { } fault)
            {
                throw Refused(path, of, fault);
            }
        }
    }

    // SQLite takes any trigger, and finds what is wrong with it in the statement that fires it.
    private void MakeAgain(Database database, string path, OwnersObject each)
    {
        try
        {
            database.Execute(each.Sql);
        }
        catch (SqliteFault fault) when (fault.IsMisfit)
        {
            throw Refused(path, each, fault);
        }

        if (each.Kind != "trigger")
        {
            return;
        }

        foreach (var (use, sql) in Uses(database, "table", each.Table))
        {
            if (!_broken.Contains((TableOf(each), use)) && FaultOf(database, sql) is { } misfit)
            {
                throw Refused(path, each, misfit);
            }
        }
    }

    // Statements that SQLite compiles only when the view, the table's triggers and its foreign keys fit what they name; none of them is run.
    private static IEnumerable<(string Name, string Sql)> Uses(Database database, string kind, string name)
    {
        var quoted = Quoted(name);
        yield return ("SELECT", $"SELECT * FROM {quoted}");
        yield return ("INSERT", $"INSERT INTO {quoted} DEFAULT VALUES");
        yield return ("DELETE", $"DELETE FROM {quoted}");
        if (ColumnsOf(database, name) is { Count: > 0 } columns)
        {
            yield return ("UPDATE", $"UPDATE {quoted} SET {string.Join(", ", columns.Select(column => $"{Quoted(column)} = {Quoted(column)}"))}");
        }

        if (kind == "table")
        {
            yield return ("PRAGMA", $"PRAGMA foreign_key_check({quoted})");
        }
    }

    private static string TableOf(OwnersObject of) => of.Table.ToLowerInvariant();

    private static List<string> ColumnsOf(Database database, string name)
    {
        List<string> columns = [];
        try
        {
            using var found = database.Prepare("SELECT name FROM pragma_table_info(?)");
            found.Bind(1, name);
            while (found.Step())
            {
                columns.Add(found.Text(0)!);
            }
        }
        catch (SqliteFault fault) when (fault.IsMisfit)
        {
            // A view that does not work has none; reading it fails as well.
            columns.Clear();
        }

        return columns;
    }

    private static SqliteFault? FaultOf(Database database, string sql)
    {
        try
        {
            database.Prepare(sql).Dispose();
            return null;
        }
        catch (SqliteFault fault) when (fault.IsMisfit)
        {
            return fault;
        }
    }

    private static List<OwnersObject> Select(Database database, string condition)
    {
        using var rows = database.Prepare($"SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master WHERE {condition} ORDER BY rowid");
        List<OwnersObject> found = [];
        while (rows.Step())
        {
            found.Add(new OwnersObject(rows.Text(0)!, rows.Text(1)!, rows.Text(2)!, rows.Text(3)!));
        }

        return found;
    }

    private static StoreRefusedException Refused(string path, OwnersObject of, SqliteFault fault) => new(
        $"{path} is of an older version, and its owner's {of.Kind} {of.Name} does not fit the tables of version {StoreSchema.Version}: {fault.Message}. "
        + $"It is left as it is: drop or change that {of.Kind}, and the next try brings the store here.");

    /// <summary>A name as SQL has it, whatever it holds.</summary>
    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
