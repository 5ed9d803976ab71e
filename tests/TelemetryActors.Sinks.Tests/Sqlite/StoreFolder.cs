using System.Globalization;
using Microsoft.Data.Sqlite;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.TestKit;

namespace TelemetryActors.Sqlite;

/// <summary>A store in a directory of its own, looked at through another library than the product's.</summary>
internal sealed class StoreFolder : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("store-");

    public StoreFolder() => Base = _directory.FullName;

    public string Base { get; }

    public string Path => System.IO.Path.Combine(Base, "db", "telemetry.sqlite");

    public ManualTime Time { get; } = new();

    public List<string> Said { get; } = [];

    public StoreFile File(bool events = true) => new() { Path = Path, Events = events };

    public SqliteSink Sink(bool events = true) => new(File(events), Time, Said.Add);

    public SinkDefinition Definition(bool events = true) =>
        new(SqliteKit.SinkName, SinkPolicies.LocalDatabase, _ => Sink(events)) { State = KeptState.Own };

    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public void Execute(string sql)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public long Number(string sql) => Convert.ToInt64(Rows(sql).Single()[0], CultureInfo.InvariantCulture);

    /// <summary>The rows of a query, each value as text; null stays null.</summary>
    public IReadOnlyList<IReadOnlyList<string?>> Rows(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        List<IReadOnlyList<string?>> rows = [];
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))]);
        }

        return rows;
    }

    /// <summary>The rows of a query, each as its values with bars between them; null is nothing.</summary>
    public IReadOnlyList<string> Lines(string sql) => [.. Rows(sql).Select(row => string.Join('|', row))];

    /// <summary>Everything in the store that the log determines.</summary>
    public IReadOnlyList<string> Content() =>
    [
        .. new[]
        {
            "SELECT * FROM agent_runs ORDER BY run_id",
            "SELECT event_id, run_id, seq, timestamp, event_type, level, agent_name, session_id, user_id, weight, received_at, payload_json FROM run_events ORDER BY event_id",
            "SELECT * FROM commits ORDER BY commit_hash, run_id",
        }.SelectMany(Lines),
    ];

    public void Dispose() => _directory.Delete(recursive: true);
}
