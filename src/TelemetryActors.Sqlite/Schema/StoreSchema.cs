using System.Globalization;

namespace TelemetryActors.Sqlite;

/// <summary>Which version a file has, and the steps from there to this product's (S4.12). Forward only, in one transaction: all steps or none.</summary>
internal static class StoreSchema
{
    /// <summary>The version that this product reads and writes.</summary>
    public const int Version = 4;

    /// <summary>What SQLite files of this product say of themselves from version 4 on: others counted on from 3 on their own.</summary>
    public const int ApplicationId = 0x54454C41;

    private const int LastSharedVersion = 3;

    private static readonly (string Description, string Sql)[] Steps =
    [
        ("Initial schema", StoreTables.Version1),
        ("Adds insight_id", StoreTables.Version2),
        ("Adds product_family and subdomain", StoreTables.Version3),
        ("Accounts, event ids, sequences, every status", StoreTables.Version4 + string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId};")),
    ];

    /// <summary>The file's version; 0 for an empty file. Changes nothing.</summary>
    /// <exception cref="StoreRefusedException">It is no store, or one of a newer version.</exception>
    public static int Read(Database database, string path)
    {
        if (database.Number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'") == 0)
        {
            return database.Number("SELECT count(*) FROM sqlite_master") == 0
                ? 0
                : throw new StoreRefusedException($"{path} is a SQLite file of something else: it has tables and no schema_migrations. It is left as it is.");
        }

        var version = (int)database.Number("SELECT max(version) FROM schema_migrations");
        var isOurs = database.Number("PRAGMA application_id") == ApplicationId;
        if (version > Version || (version > LastSharedVersion && !isOurs))
        {
            throw new StoreRefusedException(
                $"{path} has schema version {version}{(isOurs ? "" : " of another product")}; this product knows up to {(isOurs ? Version : LastSharedVersion)} of it. "
                + "It is left as it is: use a newer product, or another path.");
        }

        return version;
    }

    /// <summary>Brings a file to this product's version.</summary>
    /// <param name="database">A connection that may write.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="now">When this is done.</param>
    /// <exception cref="StoreRefusedException">It is no store, one of a newer version, or not what its version says, so that no step brings it here.</exception>
    public static void Migrate(Database database, string path, DateTimeOffset now)
    {
        var version = Read(database, path);
        if (version == Version)
        {
            return;
        }

        try
        {
            database.WhileNamesStand(() => database.InTransaction(() =>
            {
                // Another process may have been quicker.
                version = Read(database, path);
                if (version == Version)
                {
                    return;
                }

                var owners = OwnersObjects.Find(database);
                for (var step = version; step < Version; step++)
                {
                    Take(database, step, now);
                }

                owners.PutBack(database, path);
            }));
        }
        catch (SqliteFault fault) when (fault.IsMisfit)
        {
            throw new StoreRefusedException(
                $"{path} says that it has schema version {version}, and cannot be brought to {Version}: {fault.Message}. It is left as it is: "
                + "telemetry rebuild --log-only builds a store from the log alone; move the file away before when runs are in it that the log does not hold any more.");
        }
    }

    private static void Take(Database database, int from, DateTimeOffset now)
    {
        var (description, sql) = Steps[from];
        database.Execute(sql);
        using var insert = database.Prepare("INSERT INTO schema_migrations (version, applied_at, description) VALUES (?, ?, ?)");
        insert.Bind(1, from + 1L);
        insert.Bind(2, StoredTime.Format(now));
        insert.Bind(3, description);
        insert.Run();
    }
}
