namespace TelemetryActors.Sqlite;

/// <summary>How SQLite keeps transactions whole.</summary>
public enum SqliteJournal
{
    /// <summary>WAL, but a rollback journal on file systems where WAL is unsafe, aloud (D.11).</summary>
    Auto = 0,

    /// <summary>A write-ahead log: readers and the writer do not wait for each other.</summary>
    Wal,

    /// <summary>A rollback journal, deleted after each transaction.</summary>
    Delete,
}
