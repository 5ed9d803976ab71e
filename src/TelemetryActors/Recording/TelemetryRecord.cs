using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using TelemetryActors.Encoding;

namespace TelemetryActors.Recording;

/// <summary>One recorded event, as <see cref="FileRecorder"/> writes it (the <c>Record</c> of S0.2).</summary>
/// <param name="timestamp">When it happened.</param>
/// <param name="name">Its name.</param>
/// <param name="details">What is said of it; null for nothing.</param>
public sealed class TelemetryRecord(DateTimeOffset timestamp, string name, IReadOnlyDictionary<string, object?>? details = null)
{
    /// <summary>When it happened, in UTC.</summary>
    public DateTimeOffset Timestamp { get; } = timestamp.ToUniversalTime();

    /// <summary>The event's name.</summary>
    public string Event { get; } = name;

    /// <summary>What is said of it; empty when nothing is.</summary>
    /// <remarks>After parsing: text, <see cref="bool"/>, numbers, null, dictionaries and lists of these.</remarks>
    public IReadOnlyDictionary<string, object?> Details { get; } = details ?? new Dictionary<string, object?>();

    /// <summary>Reads one line.</summary>
    /// <exception cref="FormatException">The line is not a record: not JSON, or one of the keys is missing or of the wrong kind.</exception>
    public static TelemetryRecord Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return TryParse(System.Text.Encoding.UTF8.GetBytes(line), out var record)
            ? record
            : throw new FormatException("The line is not a JSON object with ts, event and details.");
    }

    /// <summary>Reads one line, with or without its line feed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, [NotNullWhen(true)] out TelemetryRecord? record)
    {
        record = null;
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (line[(int)reader.BytesConsumed..].IndexOfAnyExcept(" \r\n"u8) < 0
                && root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("ts"u8, out var ts) && ts.ValueKind == JsonValueKind.String
                && InstantText.TryParse(ts.GetString(), out var timestamp)
                && root.TryGetProperty("event"u8, out var name) && name.ValueKind == JsonValueKind.String
                && root.TryGetProperty("details"u8, out var details) && details.ValueKind == JsonValueKind.Object)
            {
                record = new TelemetryRecord(timestamp, name.GetString()!, ObjectOf(details));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or text that is not UTF-8: no record, which is what the answer says.
        }

        return record is not null;
    }

    /// <summary>The record's line, without a line feed.</summary>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(RecordLine.Plain.Encode(Timestamp, Event, Details)).TrimEnd('\n');

    private static Dictionary<string, object?> ObjectOf(JsonElement value)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            members[member.Name] = ValueOf(member.Value);
        }

        return members;
    }

    private static object? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => ObjectOf(value),
        JsonValueKind.Array => value.EnumerateArray().Select(ValueOf).ToList(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => NumberOf(value),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    // The narrowest kind that writes the same digits again.
    private static object NumberOf(JsonElement value)
    {
        var text = value.GetRawText();
        if (value.TryGetInt64(out var whole))
        {
            return whole;
        }

        if (value.TryGetUInt64(out var large))
        {
            return large;
        }

        var number = value.GetDouble();
        return number.ToString(CultureInfo.InvariantCulture) != text
            && value.TryGetDecimal(out var exact) && exact.ToString(CultureInfo.InvariantCulture) == text
            ? exact
            : number;
    }
}
