using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using TelemetryActors.Privacy;

namespace TelemetryActors.Encoding;

/// <summary>Writes names and values of details, redacting both.</summary>
/// <remarks>Thread-safe. A sensitive name redacts its whole value; text is scanned only where the prefilter saw a reason to.</remarks>
internal sealed class ValueEncoder
{
    /// <summary>Objects and lists inside each other, at the most; deeper ones are written as <c>"[TOO DEEP]"</c>.</summary>
    public const int MaxDepth = 62;

    private readonly Redactor? _redactor;
    private readonly NameCache _names;

    public ValueEncoder(Redactor? redactor)
    {
        _redactor = redactor;
        _names = new NameCache(EncodeName);
    }

    public bool NamesSensitive(IEnumerable<JsonProperty> members) => _redactor is not null && NamedPairs.NamesSensitive(members, _redactor);

    public bool MayHold(ReadOnlySpan<byte> details) => _redactor is not null && _redactor.MayHold(details);

    /// <summary>Writes <c>,"name":</c> and says whether the value under it is to be redacted.</summary>
    public bool WriteName(ref LineWriter writer, string name, bool first)
    {
        var entry = _names.Get(name);
        if (!first)
        {
            writer.Raw((byte)',');
        }

        writer.Raw(entry.Chunk);
        return entry.IsSensitive;
    }

    public static void WriteRedacted(ref LineWriter writer) => writer.Raw("\"[REDACTED]\""u8);

    public void WriteText(ref LineWriter writer, ReadOnlySpan<char> text, bool scan) =>
        writer.Text(scan && _redactor?.Redact(text) is { } redacted ? redacted : text);

    public ReadOnlySpan<char> RedactWhole(ReadOnlySpan<char> text) => _redactor?.Redact(text) is { } redacted ? redacted : text;

    public static void WriteDouble(ref LineWriter writer, double value)
    {
        if (double.IsFinite(value))
        {
            writer.Number(value);
        }
        else
        {
            writer.Text(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    public static void WriteSingle(ref LineWriter writer, float value)
    {
        if (float.IsFinite(value))
        {
            writer.Formatted(value);
        }
        else
        {
            writer.Text(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    public static void WriteGuid(ref LineWriter writer, Guid value)
    {
        writer.Raw((byte)'"');
        writer.Formatted(value);
        writer.Raw((byte)'"');
    }

    public static void WriteInstant(ref LineWriter writer, DateTimeOffset value)
    {
        writer.Raw((byte)'"');
        writer.Formatted(value.UtcDateTime, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'");
        writer.Raw((byte)'"');
    }

    public void WriteValue(ref LineWriter writer, object? value, bool scan, int depth)
    {
        switch (value)
        {
            case null:
                writer.Raw("null"u8);
                break;
            case string text:
                WriteText(ref writer, text, scan);
                break;
            case bool truth:
                writer.Raw(truth ? "true"u8 : "false"u8);
                break;
            case double number:
                WriteDouble(ref writer, number);
                break;
            case float number:
                WriteSingle(ref writer, number);
                break;
            case Half number:
                WriteDouble(ref writer, (double)number);
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong or Int128 or UInt128 or decimal or System.Numerics.BigInteger:
                writer.Raw(System.Text.Encoding.ASCII.GetBytes(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)));
                break;
            case Guid guid:
                WriteGuid(ref writer, guid);
                break;
            case DateTimeOffset instant:
                WriteInstant(ref writer, instant);
                break;
            case DateTime instant:
                WriteInstant(ref writer, new DateTimeOffset(instant.ToUniversalTime()));
                break;
            case TimeSpan duration:
                WriteDouble(ref writer, duration.TotalMilliseconds);
                break;
            case JsonElement element:
                this.WriteElement(ref writer, element, scan, depth);
                break;
            case JsonDocument document:
                this.WriteElement(ref writer, document.RootElement, scan, depth);
                break;
            case JsonNode node:
                using (var document = JsonDocument.Parse(node.ToJsonString(), new JsonDocumentOptions { MaxDepth = ElementEncoding.DeepestJson }))
                {
                    this.WriteElement(ref writer, document.RootElement, scan, depth);
                }

                break;
            case IReadOnlyDictionary<string, object?> or IDictionary or IEnumerable or ITuple when depth > MaxDepth:
                WriteTooDeep(ref writer);
                break;
            case IReadOnlyDictionary<string, object?> members:
                WriteMembers(ref writer, members.Select(member => ((object)member.Key, member.Value)), scan, depth);
                break;
            case IDictionary members:
                WriteMembers(ref writer, EntriesOf(members), scan, depth);
                break;
            case ITuple items:
                WriteTuple(ref writer, items, scan, depth);
                break;
            case not null when NamedPairs.MembersOf(value) is { } members:
                if (depth > MaxDepth)
                {
                    WriteTooDeep(ref writer);
                    break;
                }

                WriteMembers(ref writer, members, scan, depth);
                break;
            case IEnumerable items:
                writer.Raw((byte)'[');
                var index = 0;
                foreach (var item in items)
                {
                    Separate(ref writer, index++);
                    WriteValue(ref writer, item, scan, depth + 1);
                    if (writer.IsFull)
                    {
                        break;
                    }
                }

                writer.Raw((byte)']');
                break;
            default:
                WriteText(ref writer, ValueText.Of(value), scan);
                break;
        }
    }

    // A tuple is a list, and what stands behind a name is that name's, as in a pair.
    private void WriteTuple(ref LineWriter writer, ITuple items, bool scan, int depth)
    {
        writer.Raw((byte)'[');
        var isNamed = false;
        for (var index = 0; index < items.Length; index++)
        {
            Separate(ref writer, index);
            if (isNamed)
            {
                WriteRedacted(ref writer);
            }
            else
            {
                WriteValue(ref writer, items[index], scan, depth + 1);
                isNamed = _redactor is not null && NamedPairs.NameOf(items[index]) is { } name && _redactor.IsSensitiveName(name);
            }
        }

        writer.Raw((byte)']');
    }

    private void WriteMembers(ref LineWriter writer, IEnumerable<(object Key, object? Value)> members, bool scan, int depth)
    {
        writer.Raw((byte)'{');
        var first = true;
        foreach (var (key, value) in members)
        {
            if (WriteName(ref writer, ValueText.Of(key) ?? "", first))
            {
                WriteRedacted(ref writer);
            }
            else
            {
                WriteValue(ref writer, value, scan, depth + 1);
            }

            first = false;
            if (writer.IsFull)
            {
                break;
            }
        }

        writer.Raw((byte)'}');
    }

    // A generic dictionary's own enumerator does not yield entries; the interface's does.
    private static IEnumerable<(object Key, object? Value)> EntriesOf(IDictionary members)
    {
        var entries = members.GetEnumerator();
        while (entries.MoveNext())
        {
            yield return (entries.Key, entries.Value);
        }
    }

    public static void Separate(ref LineWriter writer, int index)
    {
        if (index > 0)
        {
            writer.Raw((byte)',');
        }
    }

    public static void WriteTooDeep(ref LineWriter writer) => writer.Raw("\"[TOO DEEP]\""u8);

    // A key can hold what a value can: {"jane@example.com": 1}.
    private EncodedName EncodeName(string name)
    {
        var writer = new LineWriter(new byte[(name.Length * LineWriter.MaxBytesPerChar) + 4]);
        writer.Text(name);
        if (_redactor is not null && _redactor.MayHold(writer.WrittenBytes) && _redactor.Redact(name) is { } redacted)
        {
            writer = new LineWriter(new byte[(redacted.Length * LineWriter.MaxBytesPerChar) + 4]);
            writer.Text(redacted);
        }

        writer.Raw((byte)':');
        return new EncodedName(name, new Chunk(writer.WrittenBytes), _redactor is not null && _redactor.IsSensitiveName(name));
    }
}
