using System.Text.Json;
using TelemetryActors.Delivery;

namespace TelemetryActors.Engine;

/// <summary>The part of a sink's state that tells of a call under way; it is not there between two calls.</summary>
internal static class CallFormat
{
    private const long MostLimitMs = 366L * 24 * 60 * 60 * 1000;

    public static void Write(Utf8JsonWriter json, CallUnderWay? call)
    {
        if (call is null)
        {
            return;
        }

        json.WriteStartObject("call");
        json.WriteString("since", call.Since.UtcDateTime);
        json.WriteNumber("limit_ms", (long)call.Limit.TotalMilliseconds);
        json.WriteBoolean("given_up", call.IsGivenUp);
        json.WriteEndObject();
    }

    public static CallUnderWay? Read(JsonElement state) => !state.TryGetProperty("call", out var call) ? null : new CallUnderWay(
        call.GetProperty("since").GetDateTimeOffset(),
        TimeSpan.FromMilliseconds(Math.Clamp(call.GetProperty("limit_ms").GetInt64(), 0, MostLimitMs)),
        call.GetProperty("given_up").GetBoolean());
}
