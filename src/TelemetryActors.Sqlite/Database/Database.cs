using System.Globalization;
using SQLitePCL;
using TelemetryActors.Storage;

namespace TelemetryActors.Sqlite;

/// <summary>One connection to a SQLite file, through SQLite's C interface.</summary>
/// <remarks>For one thread at a time. Errors are <see cref="SqliteFault"/>; a lock that cannot be had is one at once, unless a wait was asked for.</remarks>
internal sealed class Database : IDisposable
{
    private const int Shared = raw.SQLITE_OPEN_URI | raw.SQLITE_OPEN_NOMUTEX;

    private static readonly bool IsReady = Initialise();

    private readonly sqlite3 _handle;
    private readonly string _name;

    private Database(sqlite3 handle, string name)
    {
        _handle = handle;
        _name = name;
    }

    /// <summary>Whether a transaction is open.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Opens a file to be written, making it when it is not there.</summary>
    public static Database OpenToWrite(string file) => Open(file, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, TimeSpan.Zero);

    /// <summary>Opens a file that must be there, to be read alone.</summary>
    /// <param name="file">Its path, or a URI.</param>
    /// <param name="wait">How long a reader waits for a writer's lock.</param>
    public static Database OpenToRead(string file, TimeSpan wait) => Open(file, raw.SQLITE_OPEN_READONLY, wait);

    /// <summary>Runs statements that give no rows.</summary>
    public void Execute(string sql)
    {
        using var held = HeldFileSizeSignal.Begin();
        Check(raw.sqlite3_exec(_handle, sql), sql);
    }

    /// <summary>Prepares one statement, to be used again and again.</summary>
    public Statement Prepare(string sql)
    {
        using var held = HeldFileSizeSignal.Begin();
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement), sql);
        return new Statement(this, statement);
    }

    /// <summary>The first column of a statement's first row; null when there is none.</summary>
    public string? Text(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : null;
    }

    /// <summary>The first column of a statement's first row as a number; 0 when there is none.</summary>
    public long Number(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Number(0) : 0;
    }

    /// <summary>Runs work in a transaction that nobody else writes beside; what it throws undoes it.</summary>
    public void InTransaction(Action work)
    {
        Execute("BEGIN IMMEDIATE");
        try
        {
            work();
            Execute("COMMIT");
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <summary>Runs work in which a table that is renamed or dropped changes nothing of the views, triggers and foreign keys that name it, nor rows that refer to it.</summary>
    /// <remarks>Not to be called in a transaction.</remarks>
    public void WhileNamesStand(Action work)
    {
        var areKeysOn = Number("PRAGMA foreign_keys") != 0;
        Execute("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON");
        try
        {
            work();
        }
        finally
        {
            Execute($"PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = {(areKeysOn ? "ON" : "OFF")}");
        }
    }

    /// <summary>Ends what is running, from any thread; nothing when nothing is.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(_handle);

    /// <summary>Undoes the open transaction, if SQLite has not done so itself.</summary>
    public void RollBack()
    {
        if (IsInTransaction)
        {
            using var held = HeldFileSizeSignal.Begin();
            raw.sqlite3_exec(_handle, "ROLLBACK");
        }
    }

    public void Dispose()
    {
        using var held = HeldFileSizeSignal.Begin();
        raw.sqlite3_close_v2(_handle);
        _handle.Dispose();
    }

    /// <summary>Throws when a call did not succeed.</summary>
    internal void Check(int code, string? what = null)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Fault(code, what);
        }
    }

    internal SqliteFault Fault(int code, string? what = null)
    {
        var limit = HeldFileSizeSignal.HasStruck ? ": this process may write no file that long (ulimit -f)" : "";
        return new(
            code, string.Create(CultureInfo.InvariantCulture, $"{_name}: {raw.sqlite3_errmsg(_handle).utf8_to_string()} (SQLite {code}{(what is null ? "" : ", " + Brief(what))}){limit}"));
    }

    /// <summary>What the file says is nothing that a writer of it wrote.</summary>
    internal SqliteFault Damage(string what) => SqliteFault.Damage(_name, what);

    private static Database Open(string file, int access, TimeSpan wait)
    {
        // Who opens a pipe waits for whoever writes into it.
        if (!file.StartsWith("file:", StringComparison.Ordinal) && FileStatus.IsPlain(file) == false)
        {
            throw new StoreRefusedException($"{file} is no plain file, but a pipe, a device or a directory: no store can be there. It is left as it is; name another path in sinks.sqlite.path, or move it away.");
        }

        _ = IsReady;
        using var held = HeldFileSizeSignal.Begin();
        var code = raw.sqlite3_open_v2(file, out var handle, access | Shared, null);
        var database = new Database(handle, file);
        if (code != raw.SQLITE_OK)
        {
            var fault = database.Fault(code, "open");
            database.Dispose();
            throw fault;
        }

        raw.sqlite3_extended_result_codes(handle, 1);
        raw.sqlite3_busy_timeout(handle, (int)wait.TotalMilliseconds);
        return database;
    }

    // A path is no URI: SQLite takes it as one only when it begins with "file:".
    private static bool Initialise()
    {
        Batteries_V2.Init();
        return true;
    }

    private static string Brief(string sql)
    {
        var words = sql.Split((char[]?)null, 4, StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.Take(3));
    }
}
