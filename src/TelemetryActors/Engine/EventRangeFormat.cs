using System.Text.Json;
using TelemetryActors.Delivery;

namespace TelemetryActors.Engine;

/// <summary>Consecutive events of a lane as JSON.</summary>
internal static class EventRangeFormat
{
    public static void Write(Utf8JsonWriter json, EventRange range)
    {
        WriteLane(json, range.Lane);
        CursorFormat.Write(json, "start", range.Start);
        CursorFormat.Write(json, "end", range.End);
    }

    public static EventRange Read(JsonElement json) =>
        new(ReadLane(json), CursorFormat.Read(json.GetProperty("start")), CursorFormat.Read(json.GetProperty("end")));

    public static void WriteLane(Utf8JsonWriter json, LaneId lane)
    {
        json.WriteNumber("slot", lane.Slot);
        if (lane.Origin != BatchOrigin.Live)
        {
            json.WriteString("origin", RedeliveryFormat.TextOf(lane.Origin));
        }
    }

    public static LaneId ReadLane(JsonElement json) => new(
        json.GetProperty("slot").GetInt32(),
        json.TryGetProperty("origin", out var origin) ? RedeliveryFormat.OriginOf(origin) : BatchOrigin.Live);
}
