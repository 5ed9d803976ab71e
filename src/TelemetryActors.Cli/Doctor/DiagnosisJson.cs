using System.Text.Json;
using TelemetryActors.Browsing;
using TelemetryActors.Cli.Sinks;

namespace TelemetryActors.Cli.Doctor;

/// <summary>A diagnosis as JSON.</summary>
internal static class DiagnosisJson
{
    public static void Write(Utf8JsonWriter json, Diagnosis diagnosis)
    {
        json.WriteStartObject();
        json.WriteBoolean("sound", diagnosis.IsSound);
        json.WriteString("base", diagnosis.Base.Path);
        json.WriteString("base_reason", diagnosis.Base.Reason);
        json.WriteString("ring", diagnosis.Ring.Directory);
        json.WriteString("ring_reason", diagnosis.Ring.Reason);
        json.WriteStartArray("owners");
        foreach (var owner in diagnosis.Owners)
        {
            json.WriteStartObject();
            json.WriteNumber("slot", owner.Slot);
            json.WriteString("owner", owner.Owner);
            if (owner.ProcessId is { } process)
            {
                json.WriteNumber("process", process);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("rings");
        foreach (var ring in diagnosis.Rings)
        {
            Write(json, ring);
        }

        json.WriteEndArray();
        json.WriteStartArray("slots");
        foreach (var slot in diagnosis.Slots)
        {
            json.WriteStartObject();
            json.WriteNumber("slot", slot.Slot);
            json.WriteString("stream", slot.Stream.ToString());
            json.WriteNumber("events", slot.Events);
            json.WriteNumber("ordinal", slot.End.Ordinal);
            json.WriteNumber("position", slot.End.Position);
            json.WriteBoolean("may_have_lost_more", slot.MayHaveLostMore);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("sinks");
        foreach (var sink in diagnosis.Sinks)
        {
            SinkJson.Write(json, sink, TimeProvider.System.GetUtcNow());
        }

        json.WriteEndArray();
        WriteTexts(json, "faults", diagnosis.Faults);
        WriteTexts(json, "notes", diagnosis.Notes);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SlotRing ring)
    {
        json.WriteStartObject();
        json.WriteNumber("slot", ring.Slot);
        json.WriteString("path", ring.Path);
        json.WriteString("condition", JsonNamingPolicy.SnakeCaseLower.ConvertName(ring.Condition.ToString()));
        json.WriteString("why", ring.Why);
        if (ring.Rest is { } rest)
        {
            json.WriteNumber("events", rest.Events);
            json.WriteNumber("bytes", rest.Bytes);
            json.WriteNumber("overwritten", rest.Overwritten);
        }

        if (ring.Condition == RingCondition.Stranded)
        {
            json.WriteNumber("events", ring.OnlyHere);
        }

        if (ring.Condition == RingCondition.Lost)
        {
            json.WriteNumber("behind_position", ring.LogEnd.Position);
            json.WriteNumber("behind_ordinal", ring.LogEnd.Ordinal);
            json.WriteNumber("missing_at_least", ring.CountedBySinks);
            if (ring.MostBytes is { } bytes)
            {
                json.WriteNumber("missing_bytes_at_most", bytes);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
