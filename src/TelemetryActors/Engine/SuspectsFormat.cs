using System.Text.Json;
using TelemetryActors.Delivery;

namespace TelemetryActors.Engine;

/// <summary>Events whose batch was refused, and what each of them met with so far, as JSON.</summary>
internal static class SuspectsFormat
{
    public static void Write(Utf8JsonWriter json, SuspectRun run)
    {
        json.WriteStartObject("suspects");
        EventRangeFormat.WriteLane(json, run.Lane);
        CursorFormat.Write(json, "end", run.End);
        json.WriteStartArray("refusals");
        foreach (var refusal in run.Refusals)
        {
            json.WriteStartObject();
            json.WriteString("reason", refusal.Reason);
            json.WriteNumber("attempt", refusal.Attempt);
            json.WriteNumber("index", refusal.Index);
            if (refusal.IsAnnouncement)
            {
                json.WriteBoolean("announcement", true);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static SuspectRun Read(JsonElement json) => new(
        EventRangeFormat.ReadLane(json),
        CursorFormat.Read(json.GetProperty("end")),
        [.. json.GetProperty("refusals").EnumerateArray().Select(ReadRefusal)]);

    // An older state has a refusal for each event.
    private static Refusal ReadRefusal(JsonElement entry, int place) => new(entry.GetProperty("reason").GetString()!, entry.GetProperty("attempt").GetInt32())
    {
        Index = entry.TryGetProperty("index", out var index) ? index.GetInt32() : place,
        IsAnnouncement = entry.TryGetProperty("announcement", out var announcement) && announcement.ValueKind == JsonValueKind.True,
    };
}
