using System.Text.Json;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>A place in a slot's stream as JSON.</summary>
internal static class CursorFormat
{
    public static void Write(Utf8JsonWriter json, string name, Cursor cursor)
    {
        json.WriteStartObject(name);
        json.WriteString("stream", cursor.Stream.ToString());
        json.WriteNumber("position", cursor.Position);
        json.WriteNumber("ordinal", cursor.Ordinal);
        json.WriteEndObject();
    }

    public static Cursor Read(JsonElement json) => new(
        StreamId.Parse(json.GetProperty("stream").GetString()!, null),
        Place(json, "position"),
        Place(json, "ordinal"));

    // What no stream ever comes to would let positions be counted beyond what a number holds.
    private static long Place(JsonElement json, string name) =>
        json.GetProperty(name).GetInt64() is >= 0 and < Cursor.Limit and var place ? place : throw new FormatException($"{name} is out of range");
}
