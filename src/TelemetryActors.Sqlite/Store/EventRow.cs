using TelemetryActors.Encoding;

namespace TelemetryActors.Sqlite;

/// <summary>An event's row as the line it was made from: for lines of the product's own log the same bytes.</summary>
internal static class EventRow
{
    /// <summary>Where the row's time stands.</summary>
    public const int TimeColumn = 0;

    /// <summary>Where the row's own number stands.</summary>
    public const int IdColumn = 12;

    /// <summary>For a SELECT that <see cref="LineOf"/> reads: the envelope's keys in their order, and the row's number.</summary>
    public const string List = "timestamp, event_type, payload_json, level, agent_name, session_id, user_id, weight, received_at, run_id, seq, event_id, id";

    private const int FirstBytes = 1024;
    private const int Structure = 256;

    /// <summary>The line, without a line feed.</summary>
    public static byte[] LineOf(Statement row)
    {
        var size = FirstBytes;
        while (true)
        {
            var writer = new LineWriter(new byte[size]);
            Write(ref writer, row);
            if (!writer.IsFull)
            {
                return writer.WrittenBytes.ToArray();
            }

            size = (size + Structure) * 4;
        }
    }

    private static void Write(ref LineWriter writer, Statement row)
    {
        writer.Raw("{\"ts\":\""u8);
        writer.Raw(row.Utf8(TimeColumn));
        writer.Raw("\",\"event\":"u8);
        writer.Text(row.Text(1) ?? "");
        writer.Raw(",\"details\":"u8);
        writer.Raw(row.Utf8(2));
        Text(ref writer, ",\"level\":"u8, row, 3);
        Text(ref writer, ",\"agent\":"u8, row, 4);
        Text(ref writer, ",\"session_id\":"u8, row, 5);
        Text(ref writer, ",\"user_id\":"u8, row, 6);
        if (row.NumberOrNull(7) is { } weight)
        {
            writer.Raw(",\"weight\":"u8);
            writer.Number(weight);
        }

        Text(ref writer, ",\"received_ts\":"u8, row, 8);
        Text(ref writer, ",\"run_id\":"u8, row, 9);
        if (row.NumberOrNull(10) is { } sequence)
        {
            // Numbers that were given here are of fixed width; those that came from elsewhere are as they came.
            var digits = sequence.ToString(System.Globalization.CultureInfo.InvariantCulture);
            writer.Raw(",\"run_seq\":"u8);
            writer.Raw(System.Text.Encoding.ASCII.GetBytes(row.IsNull(8) ? digits.PadLeft(EventScope.RunSequenceWidth) : digits));
        }

        Text(ref writer, ",\"id\":"u8, row, 11);
        writer.Raw((byte)'}');
    }

    private static void Text(ref LineWriter writer, ReadOnlySpan<byte> key, Statement row, int column)
    {
        if (row.Text(column) is { } text)
        {
            writer.Raw(key);
            writer.Text(text);
        }
    }
}
