using System.Text.Json;
using Microsoft.Data.Sqlite;
using TelemetryActors.Delivery;
using TelemetryActors.TestKit.Conformance;
using Xunit;

namespace TelemetryActors.Sqlite;

[Trait("Feature", "S3.19")]
public sealed class SqliteSinkConformanceSpec : SinkConformance, IDisposable
{
    private readonly StoreFolder _folder = new();
    private SqliteConnection? _blocker;

    protected override ISink Create() => _folder.Sink();

    protected override IReadOnlyList<long> Arrived() =>
    [
        .. _folder.Rows("SELECT payload_json FROM run_events ORDER BY id").Select(row => JsonDocument.Parse(row[0]!).RootElement.GetProperty("n").GetInt64()),
    ];

    protected override bool TryBreak()
    {
        _folder.Execute("CREATE TABLE other (x)");
        _blocker = _folder.Connect();
        using var command = _blocker.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();
        return true;
    }

    protected override bool TryMend()
    {
        _blocker!.Dispose();
        _blocker = null;
        _folder.Execute("DROP TABLE other");
        return true;
    }

    public void Dispose()
    {
        _blocker?.Dispose();
        _folder.Dispose();
    }
}
