using Npgsql;
using TelemetryActors.AkkaNet.Agents;

namespace TelemetryActors.ClusterNode.Settings;

/// <summary>What is wrong with a node's settings as a whole.</summary>
internal static class NodeSettingsFaults
{
    private const string Journal = $"{NodeSettingsReader.Section}:Journal";

    public static IEnumerable<string> Of(NodeSettings settings)
    {
        if (!ClusterSinkOptionsFaults.IsSystemName(settings.SystemName))
        {
            yield return $"{NodeSettingsReader.Section}:SystemName must be {ClusterSinkOptionsFaults.SystemNameRule}, not '{settings.SystemName}'";
        }

        if (!ClusterSinkOptionsFaults.IsHostName(settings.HostName))
        {
            yield return $"{NodeSettingsReader.Section}:HostName must be {ClusterSinkOptionsFaults.HostNameRule}, not '{settings.HostName}'";
        }

        if (settings.EngineSettings is { } file && !File.Exists(file))
        {
            yield return $"{NodeSettingsReader.Section}:EngineSettings names '{file}', which is not there";
        }

        if (settings is { Provider: JournalProvider.Sqlite, IsAlone: false })
        {
            yield return $"{Journal}:Provider is Sqlite, a journal on one node's disk: in a cluster a run must be able to go on at another node, so name a PostgreSQL database";
        }

        if (settings is { Provider: JournalProvider.PostgreSql, ConnectionString: null })
        {
            yield return $"{Journal}:ConnectionString is missing: it names the PostgreSQL database that all nodes share";
        }

        if (settings is { Provider: JournalProvider.PostgreSql, ConnectionString: { } text } && FaultOf(text) is { } fault)
        {
            yield return fault;
        }
    }

    // What the driver says of a bad text can hold parts of it.
    private static string? FaultOf(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString).Host is null or "" ? $"{Journal}:ConnectionString names no Host" : null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return $"{Journal}:ConnectionString is not one of PostgreSQL (Host=...;Database=...;Username=...;Password=...)";
        }
    }
}
