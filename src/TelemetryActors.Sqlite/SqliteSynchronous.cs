namespace TelemetryActors.Sqlite;

/// <summary>What SQLite waits for before a transaction counts as done.</summary>
/// <remarks>A power failure can cost the newest transactions, never more: the sink's cursor goes back with them, and the log is read from there again.</remarks>
public enum SqliteSynchronous
{
    /// <summary>The device, at checkpoints.</summary>
    Normal = 0,

    /// <summary>The device, at each transaction.</summary>
    Full,

    /// <summary>Nothing: a power failure can damage the file, which is then set aside and built again from the log.</summary>
    Off,
}
