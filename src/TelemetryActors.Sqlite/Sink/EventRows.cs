using TelemetryActors.Encoding;

namespace TelemetryActors.Sqlite;

/// <summary>The table of events: one row a line of the log, none twice by its id.</summary>
internal sealed class EventRows(Database database) : IDisposable
{
    private readonly Statement _insert = database.Prepare("""
        INSERT INTO run_events (event_id, run_id, seq, timestamp, event_type, level, agent_name, session_id, user_id, weight, received_at, payload_json)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (event_id) DO NOTHING
        """);

    public void Insert(in EventLine line)
    {
        BindText(1, line, EnvelopeKey.Id);
        BindText(2, line, EnvelopeKey.RunId);
        _insert.Bind(3, line.RunSequence);
        BindTime(4, line);
        BindText(5, line, EnvelopeKey.Event);
        BindText(6, line, EnvelopeKey.Level);
        BindText(7, line, EnvelopeKey.Agent);
        BindText(8, line, EnvelopeKey.SessionId);
        BindText(9, line, EnvelopeKey.UserId);
        _insert.Bind(10, line.Weight == 1 ? default(long?) : line.Weight);
        BindText(11, line, EnvelopeKey.ReceivedTimestamp);
        _insert.Bind(12, line.Details.Span);
        _insert.Run();
    }

    public void Dispose() => _insert.Dispose();

    private void BindTime(int index, in EventLine line)
    {
        var text = line.Raw(EnvelopeKey.Timestamp);
        if (text.Length > 2 && StoredTime.HasForm(text[1..^1]))
        {
            _insert.Bind(index, text[1..^1]);
        }
        else
        {
            _insert.Bind(index, StoredTime.Format(line.Timestamp));
        }
    }

    // A text without escapes is the same bytes in the line and in the table.
    private void BindText(int index, in EventLine line, EnvelopeKey key)
    {
        var json = line.Raw(key);
        if (json.Length < 2)
        {
            _insert.BindNull(index);
        }
        else if (json[0] == '"' && json.IndexOf((byte)'\\') < 0)
        {
            if (key == EnvelopeKey.Id)
            {
                _insert.Bind(index, json[1..^1]);
            }
            else
            {
                _insert.BindRepeated(index, json[1..^1]);
            }
        }
        else
        {
            _insert.Bind(index, EnvelopeText.Of(json));
        }
    }
}
