using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TelemetryActors.Encoding;

/// <summary>Recognises lines that other programs wrote and brings them into the envelope.</summary>
/// <remarks>
/// Three shapes are known: the envelope itself (<c>event</c>), tracked events <c>{type,timestamp,data}</c> (S2.10) and run events
/// <c>{run_id,event_type,payload}</c> (S4.4). Times may be ISO 8601 or milliseconds since 1970 (D.6). What else such a line holds goes into its
/// details, and so does what a plain object with an <c>event</c> and no <c>details</c> holds; the envelope's unknown keys are ignored, as by
/// every reader. Nothing is redacted here: that is the encoder's part.
/// </remarks>
public sealed class RecordShape
{
    private static readonly RecordShape Envelope = new("event", [], keepsUnknown: false);

    // A plain object that names its event and has no details of its own: whatever else it holds are the details.
    private static readonly RecordShape Plain = new("event", [("timestamp", EnvelopeKey.Timestamp)], keepsUnknown: true);

    private static readonly RecordShape RunEvent = new(
        "event_type",
        [("timestamp", EnvelopeKey.Timestamp), ("event_type", EnvelopeKey.Event), ("payload", EnvelopeKey.Details), ("agent_name", EnvelopeKey.Agent)],
        keepsUnknown: true);

    private static readonly RecordShape Tracked = new(
        "type",
        [
            ("timestamp", EnvelopeKey.Timestamp), ("type", EnvelopeKey.Event), ("data", EnvelopeKey.Details),
            ("sessionId", EnvelopeKey.SessionId), ("userId", EnvelopeKey.UserId),
        ],
        keepsUnknown: true);

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _mark;
    private readonly (string Name, EnvelopeKey Key)[] _names;
    private readonly bool _keepsUnknown;

    private RecordShape(string mark, (string Name, EnvelopeKey Key)[] names, bool keepsUnknown)
    {
        _mark = mark;
        _keepsUnknown = keepsUnknown;
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

        if (known == Envelope && !root.TryGetProperty("details", out _))
        {
            known = Plain;
        }

        return EventLine.TryParse(known.Write(root, now), out line, out fault);
    }

    private byte[] Write(JsonElement root, DateTimeOffset now)
    {
        var values = new JsonElement?[EnvelopeKeys.Count];
        foreach (var (name, key) in _names)
        {
            if (values[(int)key] is null && root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
            {
                values[(int)key] = value;
            }
        }

        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            for (var key = EnvelopeKey.Timestamp; key < EnvelopeKey.Unknown; key++)
            {
                WriteKey(writer, key, values[(int)key], root, now);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void WriteKey(Utf8JsonWriter writer, EnvelopeKey key, JsonElement? value, JsonElement root, DateTimeOffset now)
    {
        var name = EnvelopeKeys.NameOf(key);
        if (key == EnvelopeKey.Timestamp && value is null)
        {
            writer.WriteString(name, InstantText.Format(now));
        }
        else if (key == EnvelopeKey.Details && _keepsUnknown)
        {
            writer.WritePropertyName(name);
            WriteDetails(writer, value, root);
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
        else if (key == EnvelopeKey.Details)
        {
            writer.WriteStartObject(name);
            writer.WriteEndObject();
        }
    }

    private void WriteDetails(Utf8JsonWriter writer, JsonElement? given, JsonElement root)
    {
        writer.WriteStartObject();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        if (given is { ValueKind: JsonValueKind.Object } members)
        {
            foreach (var member in members.EnumerateObject())
            {
                taken.Add(member.Name);
                member.WriteTo(writer);
            }
        }
        else if (given is { ValueKind: not JsonValueKind.Null } value)
        {
            taken.Add("value");
            writer.WritePropertyName("value");
            value.WriteTo(writer);
        }

        foreach (var member in root.EnumerateObject())
        {
            if (Array.TrueForAll(_names, known => known.Name != member.Name) && taken.Add(member.Name))
            {
                member.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    // What is no time is written as it is, for the envelope's reader to refuse it with its reason.
    private static bool TryReadInstant(JsonElement value, out DateTimeOffset instant)
    {
        instant = default;
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out var milliseconds) && InstantText.TryFromEpochMilliseconds(milliseconds, out instant),
            JsonValueKind.String => InstantText.TryParse(value.GetString(), out instant),
            _ => false,
        };
    }
}
