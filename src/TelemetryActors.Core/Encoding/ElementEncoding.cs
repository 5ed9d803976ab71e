using System.Text.Json;

namespace TelemetryActors.Encoding;

/// <summary>Writes values that are JSON already, redacting names and values at any depth.</summary>
internal static class ElementEncoding
{
    // Deep enough that names are found and redacted wherever they stand; what is deeper is no JSON here.
    public const int DeepestJson = 1024;

    public static void WriteJson(this ValueEncoder values, ref LineWriter writer, ReadOnlyMemory<byte> json, bool scan)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = DeepestJson });
            values.WriteElement(ref writer, document.RootElement, scan, 1);
        }
        catch (JsonException)
        {
            // Not JSON after all: kept as the text that it is.
            values.WriteText(ref writer, System.Text.Encoding.UTF8.GetString(json.Span), scan);
        }
    }

    public static void WriteElement(this ValueEncoder values, ref LineWriter writer, JsonElement value, bool scan, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when depth <= ValueEncoder.MaxDepth:
                values.WriteObject(ref writer, value, scan, depth);
                break;
            case JsonValueKind.Array when depth <= ValueEncoder.MaxDepth:
                writer.Raw((byte)'[');
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    ValueEncoder.Separate(ref writer, index++);
                    values.WriteElement(ref writer, item, scan, depth + 1);
                }

                writer.Raw((byte)']');
                break;
            case JsonValueKind.String:
                values.WriteText(ref writer, JsonText.Of(value), scan);
                break;
            case JsonValueKind.Object or JsonValueKind.Array:
                ValueEncoder.WriteTooDeep(ref writer);
                break;
            default:
                writer.Raw(System.Text.Encoding.UTF8.GetBytes(value.GetRawText()));
                break;
        }
    }

    private static void WriteObject(this ValueEncoder values, ref LineWriter writer, JsonElement value, bool scan, int depth)
    {
        writer.Raw((byte)'{');
        var first = true;
        bool? namesSensitive = null;
        foreach (var member in value.EnumerateObject())
        {
            var name = JsonText.NameOf(member);
            if (values.WriteName(ref writer, name, first) || (NamedPairs.IsNamed(name) && (namesSensitive ??= values.NamesSensitive(value.EnumerateObject()))))
            {
                ValueEncoder.WriteRedacted(ref writer);
            }
            else
            {
                values.WriteElement(ref writer, member.Value, scan, depth + 1);
            }

            first = false;
        }

        writer.Raw((byte)'}');
    }
}
