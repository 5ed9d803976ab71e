using System.Data.Common;
using Npgsql;

namespace TelemetryActors.ClusterNode.Settings;

/// <summary>How a node uses the database that it shares with others: by a name that shows there, and with connections that leave some to them.</summary>
internal static class PooledConnection
{
    // The driver's own limit is the whole of what PostgreSQL allows unless it is told otherwise: two nodes at it, and both are refused.
    private const int Connections = 20;

    /// <summary>The connection string with what the owner has not said.</summary>
    public static string Of(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (!SaysPoolSize(connectionString))
        {
            builder.MaxPoolSize = Connections;
        }

        builder.ApplicationName ??= "telemetry-node";
        return builder.ConnectionString;
    }

    // The driver's own builder cannot tell what was said from what is so by default.
    private static bool SaysPoolSize(string connectionString) => new DbConnectionStringBuilder { ConnectionString = connectionString }.Keys
        .Cast<string>()
        .Any(key => key.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant() is "maximumpoolsize" or "maxpoolsize");
}
