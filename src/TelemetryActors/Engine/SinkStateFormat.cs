using System.Buffers;
using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
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
        WriteCircuit(json, state.Circuit);
        json.WriteStartArray("slots");
        foreach (var account in state.Accounts)
        {
            WriteAccount(json, account);
        }

        json.WriteEndArray();
        if (state.Outstanding is { } outstanding)
        {
            json.WriteStartObject("outstanding");
            WriteRange(json, outstanding.Range);
            json.WriteNumber("attempts", outstanding.Attempts);
            json.WriteNumber("attempts_of_upload", outstanding.AttemptsOfUpload);
            json.WriteEndObject();
        }

        if (state.Suspects is { } run)
        {
            WriteSuspects(json, run);
        }

        json.WriteStartArray("delivered_ahead");
        foreach (var range in state.DeliveredAhead)
        {
            json.WriteStartObject();
            WriteRange(json, range);
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
        Circuit = ReadCircuit(json.GetProperty("circuit")),
        Accounts = [.. json.GetProperty("slots").EnumerateArray().Select(ReadAccount)],
        Outstanding = json.TryGetProperty("outstanding", out var batch)
            ? new OutstandingBatch(ReadRange(batch), batch.GetProperty("attempts").GetInt32(), batch.GetProperty("attempts_of_upload").GetInt32())
            : null,
        Suspects = json.TryGetProperty("suspects", out var run) ? ReadSuspects(run) : null,
        DeliveredAhead = [.. json.GetProperty("delivered_ahead").EnumerateArray().Select(ReadRange)],
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

    public static void WriteCircuit(Utf8JsonWriter json, CircuitRecord circuit)
    {
        json.WriteStartObject("circuit");
        json.WriteString("state", circuit.State.ToString().ToLowerInvariant());
        if (circuit.OpenUntil is { } until)
        {
            json.WriteString("open_until", until.UtcDateTime);
        }

        json.WriteNumber("failures_in_a_row", circuit.FailuresInARow);
        json.WriteNumber("openings_in_a_row", circuit.OpeningsInARow);
        json.WriteBoolean("misconfigured", circuit.IsMisconfigured);
        if (circuit.Cause is { } cause)
        {
            json.WriteString("cause", cause);
        }

        json.WriteEndObject();
    }

    public static CircuitRecord ReadCircuit(JsonElement json) => new()
    {
        State = Enum.TryParse<CircuitState>(json.GetProperty("state").GetString(), ignoreCase: true, out var state) && Enum.IsDefined(state)
            ? state
            : throw new FormatException("a circuit in no known state"),
        OpenUntil = json.TryGetProperty("open_until", out var until) ? until.GetDateTimeOffset() : null,
        FailuresInARow = json.GetProperty("failures_in_a_row").GetInt32(),
        OpeningsInARow = json.GetProperty("openings_in_a_row").GetInt32(),
        IsMisconfigured = json.GetProperty("misconfigured").GetBoolean(),
        Cause = json.TryGetProperty("cause", out var cause) ? cause.GetString() : null,
    };

    public static void WriteAccount(Utf8JsonWriter json, SinkAccount account)
    {
        json.WriteStartObject();
        json.WriteNumber("slot", account.Slot);
        WriteCursor(json, "cursor", account.Cursor);
        WriteCursor(json, "tail", account.Tail);
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

    public static SinkAccount ReadAccount(JsonElement json) => new()
    {
        Slot = json.GetProperty("slot").GetInt32(),
        Cursor = ReadCursor(json.GetProperty("cursor")),
        Tail = ReadCursor(json.GetProperty("tail")),
        AcceptedFrom = json.GetProperty("accepted_from").GetInt64(),
        Carried = json.GetProperty("carried").GetInt64(),
        Replayed = json.GetProperty("replayed").GetInt64(),
        Delivered = json.GetProperty("delivered").GetInt64(),
        DeadLettered = json.GetProperty("dead_lettered").GetInt64(),
        Dropped = DropCountsText.Read(json.GetProperty("dropped")),
    };

    private static void WriteSuspects(Utf8JsonWriter json, SuspectRun run)
    {
        json.WriteStartObject("suspects");
        WriteLane(json, run.Lane);
        WriteCursor(json, "end", run.End);
        json.WriteStartArray("refusals");
        foreach (var refusal in run.Refusals)
        {
            json.WriteStartObject();
            json.WriteString("reason", refusal.Reason);
            json.WriteNumber("attempt", refusal.Attempt);
            json.WriteNumber("index", refusal.Index);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static SuspectRun ReadSuspects(JsonElement json) => new(
        ReadLane(json),
        ReadCursor(json.GetProperty("end")),
        [.. json.GetProperty("refusals").EnumerateArray().Select(ReadRefusal)]);

    // An older state has a refusal for each event.
    private static Refusal ReadRefusal(JsonElement entry, int place) => new(entry.GetProperty("reason").GetString()!, entry.GetProperty("attempt").GetInt32())
    {
        Index = entry.TryGetProperty("index", out var index) ? index.GetInt32() : place,
    };

    private static void WriteRange(Utf8JsonWriter json, EventRange range)
    {
        WriteLane(json, range.Lane);
        WriteCursor(json, "start", range.Start);
        WriteCursor(json, "end", range.End);
    }

    private static EventRange ReadRange(JsonElement json) =>
        new(ReadLane(json), ReadCursor(json.GetProperty("start")), ReadCursor(json.GetProperty("end")));

    private static void WriteLane(Utf8JsonWriter json, LaneId lane)
    {
        json.WriteNumber("slot", lane.Slot);
        if (lane.Origin != BatchOrigin.Live)
        {
            json.WriteString("origin", RedeliveryFormat.TextOf(lane.Origin));
        }
    }

    private static LaneId ReadLane(JsonElement json) => new(
        json.GetProperty("slot").GetInt32(),
        json.TryGetProperty("origin", out var origin) ? RedeliveryFormat.OriginOf(origin) : BatchOrigin.Live);

    public static void WriteCursor(Utf8JsonWriter json, string name, Cursor cursor)
    {
        json.WriteStartObject(name);
        json.WriteString("stream", cursor.Stream.ToString());
        json.WriteNumber("position", cursor.Position);
        json.WriteNumber("ordinal", cursor.Ordinal);
        json.WriteEndObject();
    }

    public static Cursor ReadCursor(JsonElement json) => new(
        StreamId.Parse(json.GetProperty("stream").GetString()!, null),
        Place(json, "position"),
        Place(json, "ordinal"));

    // What no stream ever comes to would let positions be counted beyond what a number holds.
    private static long Place(JsonElement json, string name) =>
        json.GetProperty(name).GetInt64() is >= 0 and < Cursor.Limit and var place ? place : throw new FormatException($"{name} is out of range");
}
