using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TelemetryActors.Encoding;
using TelemetryActors.Privacy;

namespace TelemetryActors.Recording;

/// <summary>Writes one record as a line: <c>ts</c>, <c>event</c>, <c>details</c>, no blanks, a line feed (S0.5 to S0.8), redacted (S0.29).</summary>
/// <param name="redactor">What takes secrets and personal data out; null: nothing is.</param>
/// <param name="maxBytes">Bytes of the line, at the most: what is longer, or has no end, is refused as soon as that is known.</param>
internal sealed class RecordLine(Redactor? redactor, int maxBytes)
{
    // JSON readers stop at 64 levels unless told otherwise; the record and its details are the first two.
    private const int MaxDepth = 64;

    // Deep enough that it is the record's own depth that refuses.
    private const int DeepestJson = 1024;

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaxDepth,
    };

    /// <summary>Lines that are written as they are, for records that were read.</summary>
    public static RecordLine Plain { get; } = new(null, int.MaxValue);

    public byte[] Encode(DateTimeOffset timestamp, string name, IReadOnlyDictionary<string, object?>? details)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("ts"u8, InstantText.Format(timestamp));
            writer.WriteString("event"u8, Clean(name));
            writer.WriteStartObject("details"u8);
            foreach (var (key, value) in details ?? new Dictionary<string, object?>())
            {
                WriteField(writer, key, value);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        RefuseTooLong(buffer.WrittenCount);
        return buffer.WrittenSpan.ToArray();
    }

    // Every named value, at any depth, passes here.
    private void WriteField(Utf8JsonWriter writer, string name, object? value)
    {
        RefuseTooLong(writer.BytesCommitted + writer.BytesPending);
        writer.WritePropertyName(Clean(name));
        if (redactor is not null && redactor.IsSensitiveName(name))
        {
            writer.WriteStringValue(Redactor.Mark);
        }
        else
        {
            WriteValue(writer, value);
        }
    }

    private void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(Clean(text));
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case Half or float or double when !double.IsFinite(Convert.ToDouble(Widen(value), CultureInfo.InvariantCulture)):
                writer.WriteStringValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong or Int128 or UInt128 or BigInteger or Half or float or double or decimal:
                writer.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset instant:
                writer.WriteStringValue(InstantText.Format(instant));
                break;
            case DateTime instant:
                writer.WriteStringValue(InstantText.Format(instant.ToUniversalTime()));
                break;
            case TimeSpan duration:
                writer.WriteNumberValue(duration.TotalMilliseconds);
                break;
            case byte[] bytes:
                RefuseTooLong(bytes.Length);
                writer.WriteBase64StringValue(bytes);
                break;
            case JsonElement element:
                WriteElement(writer, element);
                break;
            case JsonNode node:
                using (var document = JsonDocument.Parse(node.ToJsonString(), new JsonDocumentOptions { MaxDepth = DeepestJson }))
                {
                    WriteElement(writer, document.RootElement);
                }

                break;
            case IReadOnlyDictionary<string, object?> members:
                WriteObject(writer, members.Select(member => (member.Key, member.Value)));
                break;
            case IDictionary members:
                WriteObject(writer, EntriesOf(members));
                break;
            case ITuple items:
                WriteArray(writer, ItemsOf(items));
                break;
            case not null when NamedPairs.MembersOf(value) is { } members:
                WriteObject(writer, members.Select(member => (TextOf(member.Key), member.Value)));
                break;
            case IEnumerable items:
                WriteArray(writer, items.Cast<object?>());
                break;
            default:
                writer.WriteStringValue(Clean(TextOf(value)));
                break;
        }
    }

    private void WriteElement(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, MembersOf(element));
                break;
            case JsonValueKind.Array:
                WriteArray(writer, element.EnumerateArray().Select(item => (object?)item));
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Clean(JsonText.Of(element)));
                break;
            case JsonValueKind.Undefined:
                writer.WriteNullValue();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private void WriteObject(Utf8JsonWriter writer, IEnumerable<(string Name, object? Value)> members)
    {
        RefuseTooDeep(writer);
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            WriteField(writer, name, value);
        }

        writer.WriteEndObject();
    }

    private void WriteArray(Utf8JsonWriter writer, IEnumerable<object?> items)
    {
        RefuseTooDeep(writer);
        writer.WriteStartArray();
        foreach (var item in items)
        {
            RefuseTooLong(writer.BytesCommitted + writer.BytesPending);
            WriteValue(writer, item);
        }

        writer.WriteEndArray();
    }

    // The name of an event or a field can hold what a value can.
    private string Clean(string text)
    {
        var clean = redactor?.Redact(text) ?? text;
        RefuseTooLong(clean.Length);
        return clean;
    }

    // A generic dictionary's own enumeration yields pairs of its types; only this one yields entries.
    private static IEnumerable<(string Name, object? Value)> EntriesOf(IDictionary members)
    {
        var entries = members.GetEnumerator();
        while (entries.MoveNext())
        {
            yield return (TextOf(entries.Key), entries.Value);
        }
    }

    private IEnumerable<(string Name, object? Value)> MembersOf(JsonElement element)
    {
        var namesSensitive = redactor is not null && NamedPairs.NamesSensitive(element.EnumerateObject(), redactor);
        foreach (var member in element.EnumerateObject())
        {
            var name = JsonText.NameOf(member);
            yield return (name, namesSensitive && NamedPairs.IsNamed(name) ? Redactor.Mark : member.Value);
        }
    }

    // What stands behind a sensitive name in a tuple is that name's.
    private IEnumerable<object?> ItemsOf(ITuple items)
    {
        var isNamed = false;
        for (var index = 0; index < items.Length; index++)
        {
            yield return isNamed ? Redactor.Mark : items[index];
            isNamed |= redactor is not null && NamedPairs.NameOf(items[index]) is { } name && redactor.IsSensitiveName(name);
        }
    }

    // Also what ends a structure that contains itself.
    private static void RefuseTooDeep(Utf8JsonWriter writer)
    {
        if (writer.CurrentDepth >= MaxDepth)
        {
            throw new InvalidOperationException($"the record is nested deeper than {MaxDepth} levels");
        }
    }

    private void RefuseTooLong(long bytes)
    {
        if (bytes > maxBytes)
        {
            throw new InvalidOperationException($"the record is longer than {maxBytes} bytes");
        }
    }

    private static object Widen(object number) => number is Half half ? (double)half : number;

    private static string TextOf(object value) => ValueText.Of(value) ?? "";
}
