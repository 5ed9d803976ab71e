using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TelemetryActors.Cli.Output;
using TelemetryActors.Encoding;

namespace TelemetryActors.Cli.Show;

/// <summary>An event as one line for people: time, level, event, details, run; coloured on a terminal.</summary>
/// <remarks>A text in quotes is JSON, and one without is as it was recorded. Control characters are escaped, so that no event can steer a terminal.</remarks>
internal static class EventText
{
    private const string TimeForm = "yyyy-MM-dd HH:mm:ss.fff'Z'";
    private const int NameWidth = 20;
    private const string Dim = "\e[2m";
    private const string Bold = "\e[1m";
    private const string Cyan = "\e[36m";
    private const string Yellow = "\e[33m";
    private const string Red = "\e[31m";
    private const string Plain = "\e[0m";

    public static string Of(in EventLine line, bool hasColours)
    {
        var text = new StringBuilder(256);
        var level = line.Level ?? "";
        Write(text, line.Timestamp.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture), Dim, hasColours);
        text.Append("  ");
        Write(text, PlainText.Of(level).PadRight(8), ColourOf(level), hasColours);
        text.Append("  ");
        Write(text, PlainText.Of(line.Event).PadRight(NameWidth), Bold, hasColours);
        AppendDetails(text, line.Details, hasColours);
        if (line.RunId is { } run)
        {
            Write(text, $"  [{PlainText.Of(run)}]", Dim, hasColours);
        }

        return text.ToString().TrimEnd();
    }

    private static void AppendDetails(StringBuilder text, ReadOnlyMemory<byte> details, bool hasColours)
    {
        using var document = JsonDocument.Parse(details);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            text.Append("  ");
            Write(text, PlainText.Of(member.Name) + "=", Cyan, hasColours);
            text.Append(ValueOf(member.Value));
        }
    }

    private static string ValueOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return Compact(value);
        }

        var text = value.GetString()!;
        return text.Length > 0 && text.AsSpan().IndexOfAny(" \"=") < 0 && !text.Any(char.IsControl)
            ? text
            : $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
    }

    private static string Compact(JsonElement value)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            value.WriteTo(json);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static string ColourOf(string level) => level switch
    {
        "error" or "critical" => Red,
        "warning" => Yellow,
        _ => Dim,
    };

    private static void Write(StringBuilder text, string part, string colour, bool hasColours)
    {
        if (hasColours)
        {
            text.Append(colour).Append(part).Append(Plain);
        }
        else
        {
            text.Append(part);
        }
    }
}
