using System.Globalization;
using TelemetryActors.Encoding;
using TelemetryActors.Store;

namespace TelemetryActors.Sqlite;

/// <summary>Questions about events as SQL: each is answered from an index, in pages that begin behind the last row of the page before.</summary>
internal static class EventQuestions
{
    public static EventPage Page(Database database, EventQuery query)
    {
        using var select = database.Prepare(PageSql(query));
        var index = 1;
        foreach (var text in new[] { query.RunId, query.EventName, query.Since is { } since ? StoredTime.Format(since) : null })
        {
            if (text is not null)
            {
                select.Bind(index++, text);
            }
        }

        if (PageKey.TryParse(query.After, out var after))
        {
            select.Bind(index++, after.Time);
            select.Bind(index++, long.TryParse(after.Row, CultureInfo.InvariantCulture, out var row) ? row : 0L);
        }

        select.Bind(index, Math.Max(query.Limit, 0) + 1L);
        List<EventLine> events = [];
        string? last = null;
        for (var rows = 0; select.Step(); rows++)
        {
            if (rows == query.Limit)
            {
                return new EventPage(events, last);
            }

            last = new PageKey(select.Text(EventRow.TimeColumn)!, select.Number(EventRow.IdColumn).ToString(CultureInfo.InvariantCulture)).ToString();

            // A row that an older system wrote may be no event; it is passed over.
            if (EventLine.TryParse(EventRow.LineOf(select), out var line, out _))
            {
                events.Add(line);
            }
        }

        return new EventPage(events, null);
    }

    /// <summary>The page's SQL; its text depends on which filters there are, not on their values.</summary>
    /// <remarks>A run has fewer events than a name: with both, the run's index is the one to use, and the plus keeps SQLite from the other.</remarks>
    public static string PageSql(EventQuery query)
    {
        var (than, order) = query.OldestFirst ? (">", "ASC") : ("<", "DESC");
        return $"SELECT {EventRow.List} FROM run_events WHERE true"
            + (query.RunId is null ? "" : " AND run_id = ?")
            + (query.EventName is null ? "" : query.RunId is null ? " AND event_type = ?" : " AND +event_type = ?")
            + (query.Since is null ? "" : " AND timestamp >= ?")
            + (PageKey.TryParse(query.After, out _) ? $" AND (timestamp, id) {than} (?, ?)" : "")
            + $" ORDER BY timestamp {order}, id {order} LIMIT ?";
    }
}
