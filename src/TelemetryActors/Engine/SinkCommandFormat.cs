using System.Buffers;
using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>An operator's command as a JSON line.</summary>
internal static class SinkCommandFormat
{
    public static ReadOnlySpan<byte> Write(SinkCommand command)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("ts", command.When.UtcDateTime);
            json.WriteString("command", command.Kind.ToString().ToLowerInvariant());
            json.WriteString("who", command.Who);
            json.WriteString("why", command.Why);
            if (command.Replay is { } replay)
            {
                Write(json, replay);
            }

            if (command.Letters is { } letters)
            {
                Write(json, letters);
            }

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan;
    }

    public static bool TryParse(ReadOnlyMemory<byte> line, out SinkCommand command)
    {
        command = null!;
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            if (!Enum.TryParse<SinkCommandKind>(json.GetProperty("command").GetString(), ignoreCase: true, out var kind) || !Enum.IsDefined(kind))
            {
                return false;
            }

            command = new SinkCommand(kind, json.GetProperty("who").GetString() ?? "", json.GetProperty("ts").GetDateTimeOffset(), Text(json, "why"))
            {
                Replay = kind == SinkCommandKind.Replay ? ReadReplay(json) : null,
                Letters = kind is SinkCommandKind.Retry or SinkCommandKind.Purge ? ReadLetters(json.GetProperty("letters")) : null,
            };
            return true;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentNullException)
        {
            return false;
        }
    }

    private static void Write(Utf8JsonWriter json, ReplayRequest replay)
    {
        json.WriteString("from", replay.Time.From.UtcDateTime);
        json.WriteString("to", replay.Time.To.UtcDateTime);
        json.WriteStartArray("slots");
        foreach (var (slot, from, to) in replay.Slots)
        {
            json.WriteStartObject();
            json.WriteNumber("slot", slot);
            CursorFormat.Write(json, "start", from);
            if (to is { } end)
            {
                CursorFormat.Write(json, "end", end);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static ReplayRequest ReadReplay(JsonElement json) => new(
        new ReplayTime(json.GetProperty("from").GetDateTimeOffset(), json.GetProperty("to").GetDateTimeOffset()),
        [.. json.GetProperty("slots").EnumerateArray().Select(stretch => new ReplayStretch(
            stretch.GetProperty("slot").GetInt32(),
            CursorFormat.Read(stretch.GetProperty("start")),
            stretch.TryGetProperty("end", out var end) ? CursorFormat.Read(end) : null))]);

    private static void Write(Utf8JsonWriter json, DeadLetterSelection letters)
    {
        json.WriteStartObject("letters");
        if (letters.Reason is not null)
        {
            json.WriteString("reason", letters.Reason);
        }

        if (letters.Since is { } since)
        {
            json.WriteString("since", since.UtcDateTime);
        }

        if (letters.Id is not null)
        {
            json.WriteString("id", letters.Id);
        }

        json.WriteEndObject();
    }

    private static DeadLetterSelection ReadLetters(JsonElement json) => new()
    {
        Reason = Text(json, "reason"),
        Since = json.TryGetProperty("since", out var since) ? since.GetDateTimeOffset() : null,
        Id = Text(json, "id"),
    };

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
