using System.Globalization;
using TelemetryActors.Sqlite;

namespace TelemetryActors.Benchmarks.Store;

/// <summary>The peer of the runs table: a line appended and flushed for each call, a row inserted and updated in a transaction of its own.</summary>
internal sealed class WriteThroughRuns : IDisposable
{
    private readonly FileStream _log;
    private readonly Database _database;
    private readonly Statement _insert;
    private readonly Statement _update;
    private long _run;

    public WriteThroughRuns(string directory)
    {
        Directory.CreateDirectory(Path.Combine(directory, "db"));
        _log = new FileStream(Path.Combine(directory, "events.ndjson"), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 1);
        _database = Database.OpenToWrite(Path.Combine(directory, "db", "telemetry.sqlite"));
        _database.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE agent_runs (run_id INTEGER PRIMARY KEY, status TEXT, start_time TEXT, end_time TEXT)");
        _insert = _database.Prepare("INSERT INTO agent_runs (run_id, status, start_time) VALUES (?, 'running', datetime('now'))");
        _update = _database.Prepare("UPDATE agent_runs SET status = 'success', end_time = datetime('now') WHERE run_id = ?");
    }

    public long StartRun()
    {
        Append("run_start", 0);
        Run(_insert, ++_run);
        return _run;
    }

    public void Record(int step) => Append("checkpoint", step);

    public void End()
    {
        Append("run_end", 0);
        Run(_update, _run);
    }

    public void Dispose()
    {
        _insert.Dispose();
        _update.Dispose();
        _database.Dispose();
        _log.Dispose();
    }

    private static void Run(Statement statement, long run)
    {
        statement.Bind(1, run);
        statement.Step();
        statement.Reset();
    }

    private void Append(string name, int step)
    {
        var now = TimeProvider.System.GetUtcNow();
        _log.Write(System.Text.Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{{\"ts\":\"{now:yyyy-MM-ddTHH:mm:ss.ffffffZ}\",\"event\":\"{name}\",\"details\":{{\"step\":{step}}},\"run_id\":\"run-{_run}\"}}\n")));
        _log.Flush();
    }
}
