using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TelemetryActors.Encoding;

/// <summary>Recognises lines that other programs wrote and brings them into the envelope.</summary>
/// <remarks>
/// Three shapes are known: the envelope itself (<c>event</c>), tracked events <c>{type,timestamp,data}</c> (S2.10) and run events
/// <c>{run_id,event_type,payload}</c> (S4.4). Times may be ISO 8601 or a number since 1970 (D.6). Whatever else such a line holds goes into its
/// details; a member whose name is taken there, at any depth, gets the first free number behind it, <c>status_2</c>. Nothing is redacted here: that is the encoder's part.
/// </remarks>
public sealed class RecordShape
{
    private static readonly RecordShape Envelope = new("event", [("ts", EnvelopeKey.Timestamp), ("timestamp", EnvelopeKey.Timestamp)]);

    private static readonly RecordShape RunEvent = new(
        "event_type",
        [("timestamp", EnvelopeKey.Timestamp), ("event_type", EnvelopeKey.Event), ("payload", EnvelopeKey.Details), ("agent_name", EnvelopeKey.Agent)]);

    private static readonly RecordShape Tracked = new(
        "type",
        [
            ("timestamp", EnvelopeKey.Timestamp), ("type", EnvelopeKey.Event), ("data", EnvelopeKey.Details),
            ("sessionId", EnvelopeKey.SessionId), ("userId", EnvelopeKey.UserId),
        ]);

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _mark;
    private readonly (string Name, EnvelopeKey Key)[] _names;

    private RecordShape(string mark, (string Name, EnvelopeKey Key)[] names)
    {
        _mark = mark;
        _names = [.. names, .. Enumerable.Range(0, EnvelopeKeys.Count).Select(key => (EnvelopeKeys.NameOf((EnvelopeKey)key), (EnvelopeKey)key))];
    }

    /// <summary>Brings a line into the envelope: keys in order, times in ISO 8601 UTC.</summary>
    /// <param name="bytes">The line, with or without its line feed.</param>
    /// <param name="now">The time of a line that tells none.</param>
    /// <param name="line">The event, over bytes of its own.</param>
    /// <param name="fault">Why it is none.</param>
    public static bool TryToEnvelope(ReadOnlyMemory<byte> bytes, DateTimeOffset now, out EventLine line, out LineFault fault)
    {
        line = default;
        fault = JsonLine.CheckText(bytes.Span);
        fault = fault == LineFault.None ? JsonLine.CheckStructure(bytes.Span) : fault;
        if (fault != LineFault.None)
        {
            return false;
        }

        using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = JsonLine.MaxDepth });
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            fault = new LineFault(LineFaultKind.NotAnObject);
            return false;
        }

        RecordShape[] shapes = [Envelope, RunEvent, Tracked];
        var known = shapes.FirstOrDefault(shape => root.TryGetProperty(shape._mark, out _));
        if (known is null)
        {
            fault = new LineFault(LineFaultKind.MissingKey, "event");
            return false;
        }

        return EventLine.TryParse(known.Write(root, now), out line, out fault);
    }

    private byte[] Write(JsonElement root, DateTimeOffset now)
    {
        var values = new JsonElement?[EnvelopeKeys.Count];
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, key) in _names)
        {
            if (!root.TryGetProperty(name, out var value))
            {
                continue;
            }

            if (value.ValueKind == JsonValueKind.Null)
            {
                used.Add(name);
            }
            else if (values[(int)key] is null)
            {
                values[(int)key] = value;
                used.Add(name);
            }
        }

        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            for (var key = EnvelopeKey.Timestamp; key < EnvelopeKey.Unknown; key++)
            {
                WriteKey(writer, key, values[(int)key], root, used, now);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void WriteKey(Utf8JsonWriter writer, EnvelopeKey key, JsonElement? value, JsonElement root, HashSet<string> used, DateTimeOffset now)
    {
        var name = EnvelopeKeys.NameOf(key);
        if (key == EnvelopeKey.Timestamp && value is null)
        {
            writer.WriteString(name, InstantText.Format(now));
        }
        else if (key == EnvelopeKey.Details && (this != Envelope || value is not { ValueKind: not JsonValueKind.Object }))
        {
            // The envelope's own details are an object: anything else is written as it is, for its reader to refuse.
            writer.WritePropertyName(name);
            WriteDetails(writer, value, root, used);
        }
        else if (value is { } given)
        {
            writer.WritePropertyName(name);
            if (key is EnvelopeKey.Timestamp or EnvelopeKey.ReceivedTimestamp && TryReadInstant(given, out var instant))
            {
                writer.WriteStringValue(InstantText.Format(instant));
            }
            else
            {
                given.WriteTo(writer);
            }
        }
    }

    private static void WriteDetails(Utf8JsonWriter writer, JsonElement? given, JsonElement root, HashSet<string> used)
    {
        writer.WriteStartObject();
        var taken = new MemberNames();
        if (given is { ValueKind: JsonValueKind.Object } members)
        {
            foreach (var member in members.EnumerateObject())
            {
                writer.WritePropertyName(taken.Free(member.Name));
                WriteApart(writer, member.Value);
            }
        }
        else if (given is { ValueKind: not JsonValueKind.Null } value)
        {
            writer.WritePropertyName(taken.Free("value"));
            WriteApart(writer, value);
        }

        foreach (var member in root.EnumerateObject().Where(member => !used.Contains(member.Name)))
        {
            writer.WritePropertyName(taken.Free(member.Name));
            WriteApart(writer, member.Value);
        }

        writer.WriteEndObject();
    }

    // Members of the same name stand apart: what a program recorded twice is neither lost nor left for each reader to choose from.
    private static void WriteApart(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                var taken = new MemberNames();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(taken.Free(member.Name));
                    WriteApart(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteApart(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    // What is no time is written as it is, for the envelope's reader to refuse it with its reason.
    private static bool TryReadInstant(JsonElement value, out DateTimeOffset instant)
    {
        instant = default;
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDecimal(out var number) && InstantText.TryFromEpoch(number, out instant),
            JsonValueKind.String => InstantText.TryParse(value.GetString(), out instant),
            _ => false,
        };
    }
}
