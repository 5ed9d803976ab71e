using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Sqlite;

/// <summary>The table of the sink's accounts: cursor and counts of each writer slot, in the transaction of the rows they count.</summary>
internal sealed class AccountRows(Database database) : IDisposable
{
    private const string Select =
        "SELECT slot, stream, position, ordinal, accepted_from, carried, replayed, delivered, dead_lettered, dropped, events_from FROM sink_accounts ORDER BY slot";

    private readonly Statement _write = database.Prepare("""
        INSERT INTO sink_accounts (slot, stream, position, ordinal, accepted_from, carried, replayed, delivered, dead_lettered, dropped, events_from)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (slot) DO UPDATE SET stream = excluded.stream, position = excluded.position, ordinal = excluded.ordinal,
            accepted_from = excluded.accepted_from, carried = excluded.carried, replayed = excluded.replayed, delivered = excluded.delivered,
            dead_lettered = excluded.dead_lettered, dropped = excluded.dropped, events_from = excluded.events_from
        """);

    /// <summary>All accounts of a database.</summary>
    /// <exception cref="SqliteFault">One cannot be read: the file is as good as one with a damaged page.</exception>
    public static IReadOnlyList<StoredAccount> Load(Database database)
    {
        try
        {
            return Read(database);
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException or ArgumentException)
        {
            throw database.Damage($"its accounts cannot be read: {exception.Message}");
        }
    }

    private static List<StoredAccount> Read(Database database)
    {
        using var select = database.Prepare(Select);
        List<StoredAccount> accounts = [];
        while (select.Step())
        {
            var cursor = new Cursor(StreamId.Parse(select.Text(1) ?? "", null), Place(select.Number(2)), Place(select.Number(3)));
            accounts.Add(new StoredAccount(
                new SinkAccount
                {
                    Slot = (int)select.Number(0),
                    Cursor = cursor,
                    Tail = cursor,
                    AcceptedFrom = select.Number(4),
                    Carried = select.Number(5),
                    Replayed = select.Number(6),
                    Delivered = select.Number(7),
                    DeadLettered = select.Number(8),
                    Dropped = ReadDropped(select.Text(9) ?? throw new FormatException("an account without what was dropped")),
                },
                select.NumberOrNull(10)));
        }

        return accounts;
    }

    public void Write(StoredAccount stored)
    {
        var account = stored.Account;
        _write.Bind(1, account.Slot);
        _write.Bind(2, account.Cursor.Stream.ToString());
        _write.Bind(3, account.Cursor.Position);
        _write.Bind(4, account.Cursor.Ordinal);
        _write.Bind(5, account.AcceptedFrom);
        _write.Bind(6, account.Carried);
        _write.Bind(7, account.Replayed);
        _write.Bind(8, account.Delivered);
        _write.Bind(9, account.DeadLettered);
        _write.Bind(10, WriteDropped(account.Dropped));
        _write.Bind(11, stored.EventsFrom);
        _write.Run();
    }

    public void Dispose() => _write.Dispose();

    private static DropCounts ReadDropped(string json)
    {
        using var document = JsonDocument.Parse(json);
        return DropCountsText.Read(document.RootElement);
    }

    private static long Place(long number) => number is >= 0 and < Cursor.Limit ? number : throw new FormatException("a cursor out of range");

    private static string WriteDropped(DropCounts dropped) =>
        "{" + string.Join(',', dropped.ByReason.Select(entry => $"\"{entry.Key}\":{entry.Value}")) + "}";
}
