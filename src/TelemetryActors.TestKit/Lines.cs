using System.Globalization;
using System.Text.Json;

namespace TelemetryActors.TestKit;

/// <summary>Events for tests, as stored lines that carry their number.</summary>
public static class Lines
{
    /// <summary>The line of one event, without its line feed.</summary>
    public static byte[] Event(long number, string name = "test.event") =>
        System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"{name}\",\"details\":{{\"n\":{number}}}}}"));

    /// <summary>The number an event's line carries.</summary>
    public static long NumberOf(ReadOnlyMemory<byte> line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("details").GetProperty("n").GetInt64();
    }
}
