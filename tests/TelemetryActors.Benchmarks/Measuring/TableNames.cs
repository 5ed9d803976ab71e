namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>The tables by the names they have on the command line.</summary>
internal static class TableNames
{
    /// <summary>Throughput, CPU, caller latency and allocation at full speed.</summary>
    public const string Writing = "writing";

    /// <summary>Caller latency at a steady pace (S4.22).</summary>
    public const string Paced = "paced";

    /// <summary>Events acknowledged as fsynced.</summary>
    public const string Durability = "durability";

    /// <summary>A cold process to its first accepted event.</summary>
    public const string StartUp = "start-up";

    /// <summary>What recording costs a host that works (S2.2).</summary>
    public const string Overhead = "overhead";

    /// <summary>What the telemetry holds while many events pass (S2.3).</summary>
    public const string Memory = "memory";

    /// <summary>Events stored in SQLite (S4.24).</summary>
    public const string Sqlite = "sqlite";

    /// <summary>Whole runs: start (S4.21), event and end (S4.23).</summary>
    public const string Runs = "runs";

    /// <summary>What a level of compression costs and saves.</summary>
    public const string Compression = "compression";

    /// <summary>What it costs to see that a text holds nothing personal.</summary>
    public const string Prefilter = "prefilter";

    /// <summary>All of them, in the order they are printed.</summary>
    public static IReadOnlyList<string> All { get; } = [Writing, Paced, Durability, StartUp, Overhead, Memory, Sqlite, Runs, Compression, Prefilter];
}
