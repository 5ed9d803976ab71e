using System.Text.Json;
using TelemetryActors.Delivery;

namespace TelemetryActors.Engine;

/// <summary>A sink's account of one slot as JSON.</summary>
internal static class SinkAccountFormat
{
    public static void Write(Utf8JsonWriter json, SinkAccount account)
    {
        json.WriteStartObject();
        json.WriteNumber("slot", account.Slot);
        CursorFormat.Write(json, "cursor", account.Cursor);
        CursorFormat.Write(json, "tail", account.Tail);
        json.WriteNumber("accepted_from", account.AcceptedFrom);
        json.WriteNumber("carried", account.Carried);
        json.WriteNumber("replayed", account.Replayed);
        json.WriteNumber("delivered", account.Delivered);
        json.WriteNumber("dead_lettered", account.DeadLettered);
        json.WriteStartObject("dropped");
        foreach (var (reason, events) in account.Dropped.ByReason)
        {
            json.WriteNumber(reason.ToString(), events);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static SinkAccount Read(JsonElement json) => new()
    {
        Slot = json.GetProperty("slot").GetInt32(),
        Cursor = CursorFormat.Read(json.GetProperty("cursor")),
        Tail = CursorFormat.Read(json.GetProperty("tail")),
        AcceptedFrom = json.GetProperty("accepted_from").GetInt64(),
        Carried = json.GetProperty("carried").GetInt64(),
        Replayed = json.GetProperty("replayed").GetInt64(),
        Delivered = json.GetProperty("delivered").GetInt64(),
        DeadLettered = json.GetProperty("dead_lettered").GetInt64(),
        Dropped = DropCountsText.Read(json.GetProperty("dropped")),
    };
}
