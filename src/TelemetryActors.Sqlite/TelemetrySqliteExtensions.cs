using TelemetryActors.Sqlite;
using TelemetryActors.Store;

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
            options.Kits.Add(kit = new SqliteKit(new SqliteOptions(), new MemoryStore()));
        }

        configure?.Invoke(kit.Options);
        return options;
    }

    /// <summary>Opens the store that a client's SQLite sink writes, to read it; dispose it when done.</summary>
    /// <exception cref="InvalidOperationException">The client has no SQLite sink.</exception>
    /// <exception cref="IOException">The store is not there yet, or cannot be read.</exception>
    public static IRunStore OpenRunStore(this TelemetryClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        var kit = client.Options.Kits.OfType<SqliteKit>().FirstOrDefault() ?? throw new InvalidOperationException("The client was started without AddSqlite().");
        return SqliteRunStore.Open(kit.FileIn(client.BaseDirectory, client.Options.Preset).Path);
    }
}
