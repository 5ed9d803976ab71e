using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>The part of a sink's state that tells what goes to it once more; it is not there when nothing ever did.</summary>
internal static class RedeliveryFormat
{
    public static string TextOf(BatchOrigin origin) => origin switch
    {
        BatchOrigin.Replay => "replay",
        BatchOrigin.DeadLetters => "dead_letters",
        _ => "live",
    };

    public static BatchOrigin OriginOf(JsonElement json) => json.GetString() switch
    {
        "replay" => BatchOrigin.Replay,
        "dead_letters" => BatchOrigin.DeadLetters,
        "live" => BatchOrigin.Live,
        var other => throw new JsonException($"unknown origin {other}"),
    };

    public static void Write(Utf8JsonWriter json, SinkState state)
    {
        if (state.Redelivered != default)
        {
            json.WritePropertyName("redelivered");
            SinkAccountFormat.Write(json, state.Redelivered);
        }

        if (state.Redeliveries.Count > 0)
        {
            json.WriteStartArray("redeliveries");
            foreach (var redelivery in state.Redeliveries)
            {
                Write(json, redelivery);
            }

            json.WriteEndArray();
        }

        if (state.TakenOut.Count > 0)
        {
            json.WriteStartArray("taken_out");
            foreach (var stream in state.TakenOut)
            {
                json.WriteStringValue(stream.ToString());
            }

            json.WriteEndArray();
        }
    }

    public static SinkState Read(JsonElement json, SinkState state) => state with
    {
        Redelivered = json.TryGetProperty("redelivered", out var totals) ? SinkAccountFormat.Read(totals) : default,
        Redeliveries = json.TryGetProperty("redeliveries", out var all) ? [.. all.EnumerateArray().Select(Read)] : [],
        TakenOut = json.TryGetProperty("taken_out", out var taken) ? [.. taken.EnumerateArray().Select(stream => StreamId.Parse(stream.GetString()!, null))] : [],
    };

    private static void Write(Utf8JsonWriter json, Redelivery redelivery)
    {
        json.WriteStartObject();
        json.WriteString("origin", TextOf(redelivery.Origin));
        if (redelivery.IsWhole)
        {
            json.WriteBoolean("whole", true);
        }

        if (redelivery.BoundsWanted is { } time)
        {
            json.WriteString("bounds_from", time.From.UtcDateTime);
            json.WriteString("bounds_to", time.To.UtcDateTime);
        }

        json.WritePropertyName("account");
        SinkAccountFormat.Write(json, redelivery.Account);
        json.WriteEndObject();
    }

    private static Redelivery Read(JsonElement json) => new(OriginOf(json.GetProperty("origin")), SinkAccountFormat.Read(json.GetProperty("account")))
    {
        IsWhole = json.TryGetProperty("whole", out var whole) && whole.GetBoolean(),
        BoundsWanted = json.TryGetProperty("bounds_from", out var from)
            ? new ReplayTime(from.GetDateTimeOffset(), json.GetProperty("bounds_to").GetDateTimeOffset())
            : null,
    };
}
