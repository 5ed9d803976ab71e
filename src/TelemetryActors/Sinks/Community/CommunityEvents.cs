using System.Buffers;
using System.Text.Json;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;

namespace TelemetryActors.Sinks.Community;

/// <summary>The body with stripped events instead of counts, for those who asked for it.</summary>
internal static class CommunityEvents
{
    public static byte[] Of(SinkBatch batch, DeviceIdentity device, Func<string, AppIdentity?> appOf)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("schema", CommunityReport.Schema);
        json.WriteString("device", device.AnonymousId);
        json.WriteStartObject("apps");
        foreach (var (instance, app) in Apps(batch, appOf))
        {
            json.WriteStartObject(instance);
            json.WriteString("app", app.Name);
            json.WriteString("version", app.Version);
            json.WriteString("platform", app.Platform);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("events");
        foreach (var line in batch.Events())
        {
            json.WriteRawValue(line.Span, skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static SortedDictionary<string, AppIdentity> Apps(SinkBatch batch, Func<string, AppIdentity?> appOf)
    {
        var apps = new SortedDictionary<string, AppIdentity>(StringComparer.Ordinal);
        foreach (var bytes in batch.Events())
        {
            if (EventLine.TryParse(bytes, out var line, out _) && CommunityReport.AppOf(line, appOf, out var instance) is { } app)
            {
                apps[instance!] = app;
            }
        }

        return apps;
    }
}
