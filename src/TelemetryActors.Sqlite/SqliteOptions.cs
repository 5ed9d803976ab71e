namespace TelemetryActors.Sqlite;

/// <summary>Where runs and events are stored for queries, and how (D.7, D.11).</summary>
public sealed class SqliteOptions
{
    /// <summary>The path that keeps everything in the process's memory, for tests (S3.19): as long as the options are there, also while telemetry is switched off.</summary>
    public const string MemoryPath = ":memory:";

    /// <summary>Whether the store is written. What is there can be read in either case.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The file, below the base directory unless absolute; <see cref="MemoryPath"/> for none.</summary>
    public string Path { get; set; } = System.IO.Path.Combine("db", "telemetry.sqlite");

    /// <summary>Whether events are stored besides runs. Null: only with <see cref="TelemetryPreset.Collector"/> (D.7).</summary>
    public bool? Events { get; set; }

    /// <summary>How SQLite keeps transactions whole.</summary>
    public SqliteJournal Journal { get; set; }

    /// <summary>What SQLite waits for. Null: <see cref="SqliteSynchronous.Normal"/> with WAL, <see cref="SqliteSynchronous.Full"/> without.</summary>
    public SqliteSynchronous? Synchronous { get; set; }
}
