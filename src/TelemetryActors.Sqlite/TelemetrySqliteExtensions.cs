using TelemetryActors.Sqlite;

namespace TelemetryActors;

/// <summary>Adds the SQLite sink to a client's options.</summary>
public static class TelemetrySqliteExtensions
{
    /// <summary>Stores runs in <c>db/telemetry.sqlite</c>, and events too when that is asked for (D.7). Calling it again changes the same sink.</summary>
    public static TelemetryOptions AddSqlite(this TelemetryOptions options, Action<SqliteOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var kit = options.Kits.OfType<SqliteKit>().FirstOrDefault();
        if (kit is null)
        {
            options.Kits.Add(kit = new SqliteKit(new SqliteOptions(), $"telemetry-{Guid.NewGuid():n}"));
        }

        configure?.Invoke(kit.Options);
        return options;
    }
}
