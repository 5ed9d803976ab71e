using System.Buffers;
using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>A sink's state as JSON.</summary>
internal static class SinkStateFormat
{
    private const int Version = 1;
    private const long MostHoldMs = 366L * 24 * 60 * 60 * 1000;

    public static ReadOnlyMemory<byte> Write(SinkState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            Write(json, state);
        }

        return buffer.WrittenMemory;
    }

    /// <exception cref="JsonException">The bytes are no state of a version this program knows.</exception>
    public static SinkState Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var json = document.RootElement;
            return json.GetProperty("version").GetInt32() == Version ? Read(json) : throw new JsonException("unknown version");
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new JsonException("not a sink's state: " + exception.Message, exception);
        }
    }

    private static void Write(Utf8JsonWriter json, SinkState state)
    {
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteBoolean("paused", state.IsPaused);
        json.WriteNumber("commands_read", state.CommandsRead);
        json.WriteNumber("rejections_in_a_row", state.RejectionsInARow);
        if (state.Letters is { } letters)
        {
            json.WriteNumber("letters", letters);
        }

        if (state.LoadFault is { } fault)
        {
            json.WriteString("load_fault", fault);
        }

        WriteWaits(json, state);
        CircuitFormat.Write(json, state.Circuit);
        json.WriteStartArray("slots");
        foreach (var account in state.Accounts)
        {
            SinkAccountFormat.Write(json, account);
        }

        json.WriteEndArray();
        if (state.Outstanding is { } outstanding)
        {
            json.WriteStartObject("outstanding");
            EventRangeFormat.Write(json, outstanding.Range);
            json.WriteNumber("attempts", outstanding.Attempts);
            json.WriteNumber("attempts_of_upload", outstanding.AttemptsOfUpload);
            json.WriteEndObject();
        }

        if (state.Suspects is { } run)
        {
            SuspectsFormat.Write(json, run);
        }

        json.WriteStartArray("delivered_ahead");
        foreach (var range in state.DeliveredAhead)
        {
            json.WriteStartObject();
            EventRangeFormat.Write(json, range);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("waiting");
        foreach (var wait in state.Waiting)
        {
            json.WriteStartObject();
            json.WriteNumber("slot", wait.Slot);
            json.WriteString("since", wait.Since.UtcDateTime);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        RedeliveryFormat.Write(json, state);
        CallFormat.Write(json, state.Call);
        json.WriteEndObject();
    }

    private static SinkState Read(JsonElement json) => RedeliveryFormat.Read(json, new SinkState
    {
        IsPaused = json.GetProperty("paused").GetBoolean(),
        CommandsRead = json.GetProperty("commands_read").GetInt64(),
        Letters = json.TryGetProperty("letters", out var letters) ? letters.GetInt64() : null,
        LoadFault = json.TryGetProperty("load_fault", out var fault) ? fault.GetString() : null,
        RejectionsInARow = json.GetProperty("rejections_in_a_row").GetInt32(),
        RetryAftersInARow = json.TryGetProperty("retry_afters_in_a_row", out var waits) ? waits.GetInt32() : 0,
        Hold = json.TryGetProperty("hold", out var hold) ? ReadHold(hold) : default,
        HoldCause = hold.ValueKind == JsonValueKind.Object && hold.TryGetProperty("cause", out var holdCause) ? holdCause.GetString() : null,
        Circuit = CircuitFormat.Read(json.GetProperty("circuit")),
        Accounts = [.. json.GetProperty("slots").EnumerateArray().Select(SinkAccountFormat.Read)],
        Outstanding = json.TryGetProperty("outstanding", out var batch)
            ? new OutstandingBatch(EventRangeFormat.Read(batch), batch.GetProperty("attempts").GetInt32(), batch.GetProperty("attempts_of_upload").GetInt32())
            : null,
        Suspects = json.TryGetProperty("suspects", out var run) ? SuspectsFormat.Read(run) : null,
        DeliveredAhead = [.. json.GetProperty("delivered_ahead").EnumerateArray().Select(EventRangeFormat.Read)],
        Call = CallFormat.Read(json),
        Waiting = json.TryGetProperty("waiting", out var waiting)
            ? [.. waiting.EnumerateArray().Select(entry => new SlotWait(entry.GetProperty("slot").GetInt32(), entry.GetProperty("since").GetDateTimeOffset()))]
            : [],
    });

    private static void WriteWaits(Utf8JsonWriter json, SinkState state)
    {
        if (state.RetryAftersInARow > 0)
        {
            json.WriteNumber("retry_afters_in_a_row", state.RetryAftersInARow);
        }

        if (state.Hold != default)
        {
            json.WriteStartObject("hold");
            json.WriteString("until", state.Hold.Until.UtcDateTime);
            json.WriteNumber("longest_ms", (long)Math.Ceiling(state.Hold.Longest.TotalMilliseconds));
            if (state.HoldCause is { } cause)
            {
                json.WriteString("cause", cause);
            }

            json.WriteEndObject();
        }
    }

    // Whatever stands there, no sink is silent for years.
    private static Hold ReadHold(JsonElement json) => new(
        json.GetProperty("until").GetDateTimeOffset(),
        TimeSpan.FromMilliseconds(Math.Clamp(json.GetProperty("longest_ms").GetInt64(), 0, MostHoldMs)));
}
