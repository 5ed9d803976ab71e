using Akka.Configuration;
using SQLitePCL;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Where the actors of runs keep their events and snapshots: plugins of their own, so that a service's journal is not touched.</summary>
internal static class RunJournal
{
    /// <summary>The journal's plugin; <c>hocon/reference.conf</c> has its settings.</summary>
    public const string JournalPlugin = "telemetryactors.journal";

    /// <summary>The snapshot store's plugin.</summary>
    public const string SnapshotPlugin = "telemetryactors.snapshot-store";

    /// <summary>The file of a node that keeps its runs by itself, below the base directory's <c>state</c>.</summary>
    public const string FileName = "runs.sqlite";

    /// <summary>How long a journal waits before it tries again to open its database.</summary>
    /// <remarks>Long, because each try leaves something in memory: a disk that is dead for days must not be noticed there.</remarks>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    /// <summary>Keeps them in a SQLite file unless the service's settings name a database.</summary>
    public static Config InFile(string baseDirectory)
    {
        Batteries_V2.Init();
        var connection = ConnectionTo(baseDirectory).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        var database = $$"""
            {
              connection-string = "{{connection}}"
              provider-name = "SQLite.MS"
              parallelism = 1
            }
            """;
        return ConfigurationFactory.ParseString($"{JournalPlugin} {database}\n{SnapshotPlugin} {database}");
    }

    /// <summary>Whether the journal can hold anything: not where it is a node's own file that there is not yet.</summary>
    public static bool MayHoldRuns(Config settings, string baseDirectory) =>
        settings.GetString($"{JournalPlugin}.connection-string") != ConnectionTo(baseDirectory) || File.Exists(FileOf(baseDirectory));

    private static string ConnectionTo(string baseDirectory) => $"Data Source={FileOf(baseDirectory)}";

    private static string FileOf(string baseDirectory) => Path.Combine(baseDirectory, "state", FileName);
}
