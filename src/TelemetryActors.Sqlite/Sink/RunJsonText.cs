using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using TelemetryActors.Runs;

namespace TelemetryActors.Sqlite;

/// <summary>A run's metrics as one JSON object, sorted by name so that the same metrics are the same text.</summary>
internal static class RunJsonText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string OfMetrics(IReadOnlyDictionary<string, MetricValue> metrics)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            foreach (var (name, value) in metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal))
            {
                if (value.Text is { } text)
                {
                    json.WriteString(name, text);
                }
                else
                {
                    json.WriteNumber(name, value.Number);
                }
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The numbers and texts of an object; none when the text is no JSON object: an older system may have written anything.</summary>
    public static Dictionary<string, MetricValue> ReadMetrics(string? text)
    {
        var metrics = new Dictionary<string, MetricValue>(StringComparer.Ordinal);
        if (text is null)
        {
            return metrics;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            foreach (var member in document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.EnumerateObject().AsEnumerable() : [])
            {
                if (member.Value.ValueKind == JsonValueKind.String || (member.Value.ValueKind == JsonValueKind.Number && double.IsFinite(member.Value.GetDouble())))
                {
                    metrics[member.Name] = member.Value.ValueKind == JsonValueKind.Number ? member.Value.GetDouble() : member.Value.GetString()!;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or half a character in a text.
            return metrics;
        }

        return metrics;
    }
}
