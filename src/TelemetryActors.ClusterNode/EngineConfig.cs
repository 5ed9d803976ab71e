using Akka.Configuration;
using LinqToDB;
using TelemetryActors.ClusterNode.Settings;

namespace TelemetryActors.ClusterNode;

/// <summary>The node's HOCON: <c>akka-cluster.conf</c>, where the journal is, and over both the owner's own file.</summary>
internal static class EngineConfig
{
    public static Config Read(NodeSettings settings, out string? fault)
    {
        fault = null;
        var own = JournalOf(settings).WithFallback(
            ConfigurationFactory.FromResource("akka-cluster.conf", typeof(EngineConfig).Assembly));
        if (settings.EngineSettings is not { } file || !File.Exists(file))
        {
            return own;
        }

        try
        {
            var text = File.ReadAllText(file);
            if (HoconBraces.Fault(text) is { } cut)
            {
                fault = $"{NodeSettingsReader.Section}:EngineSettings names '{file}', which is not whole: {cut}";
                return own;
            }

            return ConfigurationFactory.ParseString(text).WithFallback(own);
        }
        catch (Exception exception)
        {
            fault = $"{NodeSettingsReader.Section}:EngineSettings names '{file}', which cannot be read: {exception.Message}";
            return own;
        }
    }

    // The node makes the tables itself, one node at a time: the engine's way collides when several start at once.
    private static Config JournalOf(NodeSettings settings)
    {
        if (settings.ConnectionString is not { } text)
        {
            return Config.Empty;
        }

        var isShared = settings.Provider == JournalProvider.PostgreSql;
        var database = $$"""
            {
              connection-string = "{{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}}"
              provider-name = "{{(isShared ? ProviderName.PostgreSQL15 : ProviderName.SQLiteMS)}}"
              auto-initialize = {{(isShared ? "off" : "on")}}
            }
            """;
        return ConfigurationFactory.ParseString($"telemetryactors.journal {database}\ntelemetryactors.snapshot-store {database}");
    }
}
