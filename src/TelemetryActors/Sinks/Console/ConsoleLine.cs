using System.Text.Json;

namespace TelemetryActors.Sinks.Console;

/// <summary>Turns a stored line into what a console shows.</summary>
internal static class ConsoleLine
{
    public static string Json(ReadOnlySpan<byte> line) => System.Text.Encoding.UTF8.GetString(line);

    /// <summary>Time, level, event and details; the line as it is when it is no event.</summary>
    public static string Text(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            var level = json.TryGetProperty("level", out var set) ? set.GetString() : "info";
            var details = json.TryGetProperty("details", out var all) ? all.GetRawText() : "{}";
            return $"{json.GetProperty("ts").GetString()} {level} {json.GetProperty("event").GetString()} {details}";
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return Json(line.Span);
        }
    }
}
