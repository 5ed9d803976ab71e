using TelemetryActors.Configuration;
using TelemetryActors.Slots;
using TelemetryActors.Sqlite;

namespace TelemetryActors.Cli.Store;

/// <summary>Where the store of a base directory is, as its settings say.</summary>
internal static class StoreSettings
{
    /// <summary>The store's file.</summary>
    /// <param name="folder">The base directory.</param>
    public static StoreFile FileOf(BaseFolder folder)
    {
        var options = new TelemetryOptions { BaseDirectory = folder.Path }.WithSinkKits();
        var start = StartSettings.Find(options);
        return start.Options.Kit<SqliteKit>().FileIn(folder.Path, start.Options.Preset);
    }
}
