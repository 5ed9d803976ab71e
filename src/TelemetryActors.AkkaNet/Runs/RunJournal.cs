using System.Security.Cryptography;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using TelemetryActors.Engine;

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

    /// <summary>The setting that says whose file a plugin was given; a database that the service named is nobody's.</summary>
    public const string Owner = "base-directory";

    private static readonly Lock Gate = new();

    /// <summary>How long a journal waits before it tries again to open its database.</summary>
    /// <remarks>Long, because each try leaves something in memory: a disk that is dead for days must not be noticed there.</remarks>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    /// <summary>When a batch is to be sent again whose run could not be read.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>The plugins that keep the runs of a base directory in a system: the service's database where its settings name one, a file of the base directory otherwise.</summary>
    /// <remarks>A second base directory in the same system has plugins of its own. Safe for use from several threads.</remarks>
    public static (string Journal, string Snapshots) PluginsOf(ActorSystem system, string baseDirectory)
    {
        lock (Gate)
        {
            return (PluginOf(system, JournalPlugin, baseDirectory), PluginOf(system, SnapshotPlugin, baseDirectory));
        }
    }

    /// <summary>The settings that keep them in the base directory's file.</summary>
    public static Config InFile(string baseDirectory) => InFile(JournalPlugin, baseDirectory).WithFallback(InFile(SnapshotPlugin, baseDirectory));

    private static string PluginOf(ActorSystem system, string plugin, string baseDirectory)
    {
        var settings = system.Settings.Config.GetConfig(plugin);
        if (!settings.HasPath("connection-string"))
        {
            system.Settings.InjectTopLevelFallback(InFile(plugin, baseDirectory));
            return plugin;
        }

        if (!settings.HasPath(Owner) || settings.GetString(Owner) == baseDirectory)
        {
            return plugin;
        }

        var own = $"{plugin}-{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(baseDirectory)).AsSpan(0, 8))}";
        if (!system.Settings.Config.HasPath(own))
        {
            system.Settings.InjectTopLevelFallback(InFile(own, baseDirectory).WithFallback(ConfigurationFactory.ParseString($$"""
                {{own}} {
                  class = {{Text(settings.GetString("class"))}}
                  plugin-id = {{Text(own)}}
                  plugin-dispatcher = {{Text(settings.GetString("plugin-dispatcher"))}}
                  materializer-dispatcher = {{Text(settings.GetString("materializer-dispatcher"))}}
                  auto-initialize = on
                }
                """)));
        }

        return own;
    }

    // One writer: SQLite has one at a time anyway.
    private static Config InFile(string plugin, string baseDirectory)
    {
        Batteries_V2.Init();
        return ConfigurationFactory.ParseString($$"""
            {{plugin}} {
              connection-string = {{Text(new SqliteConnectionStringBuilder { DataSource = FileOf(baseDirectory) }.ConnectionString)}}
              provider-name = "SQLite.MS"
              parallelism = 1
              {{Owner}} = {{Text(baseDirectory)}}
            }
            """);
    }

    /// <summary>Whether a journal can hold anything: not where it is a node's own file that there is not yet.</summary>
    /// <exception cref="IOException">Nobody can look now.</exception>
    public static bool MayHoldRuns(Config settings, string journal, EngineEnvironment environment) =>
        settings.GetString($"{journal}.{Owner}") != environment.BaseDirectory || environment.Files.Identify(FileOf(environment.BaseDirectory)) is not null;

    private static string FileOf(string baseDirectory) => Path.Combine(baseDirectory, "state", FileName);

    private static string Text(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
