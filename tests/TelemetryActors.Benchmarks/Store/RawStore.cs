using SQLitePCL;
using TelemetryActors.Encoding;
using TelemetryActors.Sqlite;

namespace TelemetryActors.Benchmarks.Store;

/// <summary>The raw row: SQLite's C interface and nothing else. Every value is taken out of its line before the clock starts; the table and its indexes are the product's.</summary>
internal sealed class RawStore
{
    private const int Columns = 12;

    private readonly List<byte[]?[]> _rows = [];

    /// <summary>Reads the log.</summary>
    public RawStore(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(directory, "raw"), "*.ndjson").Order(StringComparer.Ordinal))
        {
            foreach (var text in File.ReadLines(path))
            {
                if (EventLine.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var line, out _) && !line.IsAnchor)
                {
                    _rows.Add(Values(line));
                }
            }
        }
    }

    /// <summary>Inserts everything; the clock is the caller's.</summary>
    public void Fill(StoreFile file, int batchEvents)
    {
        file.Open(TimeProvider.System.GetUtcNow(), _ => { }).Dispose();
        Check(raw.sqlite3_open_v2(file.Path, out var db, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null));
        Check(raw.sqlite3_exec(db, "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8000"));
        Check(raw.sqlite3_prepare_v2(db, """
            INSERT INTO run_events (event_id, run_id, seq, timestamp, event_type, level, agent_name, session_id, user_id, weight, received_at, payload_json)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, out var insert));
        for (var first = 0; first < _rows.Count; first += batchEvents)
        {
            Check(raw.sqlite3_exec(db, "BEGIN IMMEDIATE"));
            for (var index = first; index < Math.Min(first + batchEvents, _rows.Count); index++)
            {
                Insert(insert, _rows[index], index);
            }

            Check(raw.sqlite3_exec(db, "COMMIT"));
        }

        raw.sqlite3_finalize(insert);
        Check(raw.sqlite3_close_v2(db));
    }

    private static void Insert(sqlite3_stmt insert, byte[]?[] row, int seq)
    {
        for (var column = 0; column < Columns; column++)
        {
            if (column == 2)
            {
                raw.sqlite3_bind_int64(insert, column + 1, seq);
            }
            else if (row[column] is { } value)
            {
                raw.sqlite3_bind_text(insert, column + 1, value);
            }
            else
            {
                raw.sqlite3_bind_null(insert, column + 1);
            }
        }

        if (raw.sqlite3_step(insert) != raw.SQLITE_DONE)
        {
            throw new InvalidOperationException("a row was not inserted");
        }

        raw.sqlite3_reset(insert);
    }

    private static byte[]?[] Values(EventLine line) =>
    [
        Text(line.Id), Text(line.RunId), null, Text(StoredTime.Format(line.Timestamp)), Text(line.Event), Text(line.Level), Text(line.Agent), null, null, null, null,
        line.Details.ToArray(),
    ];

    private static byte[]? Text(string? text) => text is null ? null : System.Text.Encoding.UTF8.GetBytes(text);

    private static void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new InvalidOperationException($"SQLite says {code}");
        }
    }
}
