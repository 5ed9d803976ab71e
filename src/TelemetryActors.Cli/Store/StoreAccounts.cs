using TelemetryActors.Delivery;
using TelemetryActors.Slots;
using TelemetryActors.Sqlite;

namespace TelemetryActors.Cli.Store;

/// <summary>What the store's own accounts say, for those who show and prove every sink's.</summary>
internal static class StoreAccounts
{
    /// <summary>They, by the sink's name; nothing when there is no store.</summary>
    /// <param name="folder">The base directory.</param>
    /// <param name="faults">Told when it cannot be read.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<SinkAccount>> Of(BaseFolder folder, ICollection<string> faults)
    {
        var found = new Dictionary<string, IReadOnlyList<SinkAccount>>();
        var file = StoreSettings.FileOf(folder);
        if (file.IsMemory || !File.Exists(file.Path))
        {
            return found;
        }

        try
        {
            using var store = SqliteRunStore.Open(file.Path);
            found[SqliteKit.SinkName] = [.. store.Accounts().Select(stored => stored.Account)];
        }
        catch (IOException fault)
        {
            faults.Add($"The store's accounts cannot be read: {fault.Message}");
        }

        return found;
    }
}
