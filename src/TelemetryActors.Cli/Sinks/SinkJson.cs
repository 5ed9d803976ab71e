using System.Text.Json;
using TelemetryActors.Browsing;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;

namespace TelemetryActors.Cli.Sinks;

/// <summary>A sink as JSON; counts are null when the sink keeps them with its own data.</summary>
internal static class SinkJson
{
    public static void Write(Utf8JsonWriter json, SinkOverview sink, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("sink", sink.Name);
        json.WriteString("state", sink.State);
        json.WriteString("circuit", sink.Circuit.State.ToString().ToLowerInvariant());
        json.WriteBoolean("paused", sink.IsPaused);
        json.WriteBoolean("misconfigured", sink is { IsHeld: false, Circuit.IsMisconfigured: true });
        json.WriteNumber("failures_in_a_row", sink.Circuit.FailuresInARow);
        json.WriteString("open_until", sink.OpenUntil is { } until ? InstantText.Format(until) : null);
        json.WriteString("waits_until", sink.IsWaiting ? InstantText.Format(sink.Wait!.Value) : null);
        json.WriteString("cause", sink.Cause);
        WriteCall(json, sink.Call, now);
        var isKnown = sink.Accounts.Count > 0;
        Write(json, "accepted", sink.Accepted, isKnown);
        Write(json, "delivered", sink.Delivered, isKnown);
        Write(json, "pending", sink.Pending, isKnown);
        Write(json, "pending_bytes", sink.PendingBytes, isKnown);
        Write(json, "dead_lettered", sink.DeadLettered, isKnown);
        json.WriteStartObject("dropped");
        foreach (var (reason, events) in sink.DroppedByReason)
        {
            json.WriteNumber(JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()), events);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter json, CallUnderWay? call, DateTimeOffset now)
    {
        if (call is null)
        {
            json.WriteNull("call");
            return;
        }

        json.WriteStartObject("call");
        json.WriteString("since", InstantText.Format(call.Since));
        json.WriteNumber("limit_ms", (long)call.Limit.TotalMilliseconds);
        json.WriteBoolean("hangs", call.Hangs(now));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, long value, bool isKnown)
    {
        if (isKnown)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
