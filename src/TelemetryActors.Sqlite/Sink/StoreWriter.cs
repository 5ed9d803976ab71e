using TelemetryActors.Delivery;
using TelemetryActors.Encoding;
using TelemetryActors.Storage;

namespace TelemetryActors.Sqlite;

/// <summary>Writes batches into an open store: rows, runs and accounts of a batch in one transaction.</summary>
/// <remarks>
/// For one thread. A batch is stored from the slot's cursor on: what lies before it was stored in the same transaction as the cursor, so a batch that
/// comes again changes nothing (D.7, storage rule 19).
/// </remarks>
internal sealed class StoreWriter : IDisposable
{
    private readonly Database _database;
    private readonly bool _withEvents;
    private readonly EventRows _events;
    private readonly RunRows _runs;
    private readonly AccountRows _accountRows;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Dictionary<int, StoredAccount> _accounts;

    /// <summary>Takes over an open database of this product's version.</summary>
    public StoreWriter(Database database, bool withEvents)
    {
        _database = database;
        _withEvents = withEvents;
        _accounts = AccountRows.Load(database).ToDictionary(stored => stored.Account.Slot);
        _events = new EventRows(database);
        _runs = new RunRows(database);
        _accountRows = new AccountRows(database);
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
    }

    /// <summary>Cursor and counts of each slot.</summary>
    public IReadOnlyList<SinkAccount> Accounts => [.. _accounts.Values.Select(stored => stored.Account)];

    /// <summary>Stores a batch, or what is new of it.</summary>
    /// <returns>The lines that are no events, by their place in the batch, also those that were passed before: their dead letters may not be written.</returns>
    /// <exception cref="SqliteFault">Nothing of the batch is stored.</exception>
    public IReadOnlyList<RejectedItem> Write(SinkBatch batch)
    {
        var account = _accounts.GetValueOrDefault(batch.Slot, new StoredAccount(SinkAccount.StartAtOldest(batch.Slot), null));
        var stored = batch.Origin == BatchOrigin.DeadLetters ? 0 : account.CountStored(batch);

        // Of a replay rows may be missing behind the cursor: they were not wanted then, or somebody deleted them. The runs have counted these events.
        var fillsGaps = batch.Origin == BatchOrigin.Replay && _withEvents;
        if (stored == batch.Count && !fillsGaps)
        {
            return WriteLines(batch.Lines, stored, fillsGaps);
        }

        // Once for the batch: in it SQLite's calls need not ask the system again.
        using var held = HeldFileSizeSignal.Begin();
        _begin.Run();
        try
        {
            var rejected = WriteLines(batch.Lines, stored, fillsGaps);
            _runs.Write();

            // What is delivered once more moves no cursor.
            var behind = batch.Origin == BatchOrigin.Live ? account.Take(batch, rejected.Count(item => item.Index >= stored), _withEvents) : default(StoredAccount?);
            if (behind is { } moved)
            {
                _accountRows.Write(moved);
            }

            _commit.Run();
            _runs.Committed();
            if (behind is { } kept)
            {
                _accounts[batch.Slot] = kept;
            }

            return rejected;
        }
        catch
        {
            _database.RollBack();
            _runs.RolledBack();
            throw;
        }
    }

    public void Dispose()
    {
        _events.Dispose();
        _runs.Dispose();
        _accountRows.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _database.Dispose();
    }

    private List<RejectedItem> WriteLines(ReadOnlyMemory<byte> lines, int first, bool fillsGaps)
    {
        List<RejectedItem> rejected = [];
        for (var index = 0; !lines.IsEmpty; index++)
        {
            var end = lines.Span.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            if (!(index < first ? TryPass(line, fillsGaps, out var fault) : TryWrite(line, out fault)))
            {
                rejected.Add(new RejectedItem(index, fault.ToString()));
            }
        }

        return rejected;
    }

    // Behind the cursor.
    private bool TryPass(ReadOnlyMemory<byte> bytes, bool fillsGaps, out LineFault fault)
    {
        var isEvent = EventLine.TryParse(bytes, out var line, out fault);
        if (isEvent && fillsGaps)
        {
            _events.Insert(line);
        }

        return isEvent;
    }

    private bool TryWrite(ReadOnlyMemory<byte> bytes, out LineFault fault)
    {
        if (!EventLine.TryParse(bytes, out var line, out fault))
        {
            return false;
        }

        if (_withEvents)
        {
            _events.Insert(line);
        }

        _runs.Take(line);
        return true;
    }
}
