using System.Buffers;
using System.Text.Json;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;

namespace TelemetryActors.Sinks.Community;

/// <summary>The body of a report: what the events of one batch add to the sums of each version and hour. A pure function of the batch (docs/file-formats.md).</summary>
/// <remarks>The bounds of the batch name the report, so a receiver knows a repeated one, and no event is in two of them.</remarks>
internal static class CommunityReport
{
    public const int Schema = 1;

    // With them a report stays below 10 KB (S2.6), whatever stands in the log: what is beyond is counted together.
    private const int MaxGroups = 20;
    private const int MaxTypes = 32;

    /// <summary>Writes the report.</summary>
    /// <param name="batch">The events, stripped.</param>
    /// <param name="device">The installation.</param>
    /// <param name="appOf">Who wrote the events of a program start.</param>
    /// <param name="key">Names the report.</param>
    public static byte[] Of(SinkBatch batch, DeviceIdentity device, Func<string, AppIdentity?> appOf, out string key)
    {
        key = device.Anonymous($"{batch.Start.Stream}:{batch.Start.Position}-{batch.End.Position}")[..32];
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", Schema);
            json.WriteString("report", key);
            json.WriteString("device", device.AnonymousId);
            json.WriteStartArray("counts");
            foreach (var (group, counts) in Count(batch, appOf))
            {
                Write(json, group, counts);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Who wrote an event; null when its id does not tell.</summary>
    public static AppIdentity? AppOf(in EventLine line, Func<string, AppIdentity?> appOf, out string? instance)
    {
        instance = line.Id is { } id ? EventId.InstanceOf(System.Text.Encoding.UTF8.GetBytes(id)) : null;
        return instance is null ? null : appOf(instance);
    }

    private static Dictionary<Group, CommunityCounts> Count(SinkBatch batch, Func<string, AppIdentity?> appOf)
    {
        var groups = new Dictionary<Group, CommunityCounts>();
        var newTypes = MaxTypes;
        foreach (var bytes in batch.Events())
        {
            if (!EventLine.TryParse(bytes, out var line, out _))
            {
                continue;
            }

            var group = new Group(AppOf(line, appOf, out _), HourOf(line.Timestamp));
            if (!groups.TryGetValue(group, out var counts))
            {
                group = groups.Count < MaxGroups ? group : default;
                counts = groups.GetValueOrDefault(group) ?? new CommunityCounts();
                groups[group] = counts;
            }

            counts.Add(line, ref newTypes);
        }

        return groups;
    }

    private static DateTimeOffset HourOf(DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    private static void Write(Utf8JsonWriter json, Group group, CommunityCounts counts)
    {
        json.WriteStartObject();
        json.WriteString("app", group.App?.Name);
        json.WriteString("version", group.App?.Version);
        json.WriteString("platform", group.App?.Platform);
        json.WriteString("hour", group.Hour is { } hour ? hour.UtcDateTime.ToString("yyyy-MM-dd'T'HH':00:00Z'", System.Globalization.CultureInfo.InvariantCulture) : null);
        counts.Write(json);
        json.WriteEndObject();
    }

    // The default is what no further group was left for.
    private readonly record struct Group(AppIdentity? App, DateTimeOffset? Hour);
}
