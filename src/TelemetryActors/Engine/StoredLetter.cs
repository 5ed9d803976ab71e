using System.Text.Json;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>One line of a dead letter file.</summary>
/// <param name="At">When the event was set aside.</param>
/// <param name="Reason">Why.</param>
/// <param name="Attempt">How often it had been tried.</param>
/// <param name="Slot">The writer slot it came from.</param>
/// <param name="Stream">The stream it stands in.</param>
/// <param name="Ordinal">Its number in the stream.</param>
/// <param name="EndPosition">The position behind it.</param>
/// <param name="Event">The event's bytes; empty when it was gone before it could be set aside.</param>
internal sealed record StoredLetter(
    DateTimeOffset At, string Reason, int Attempt, int Slot, StreamId Stream, long Ordinal, long EndPosition, ReadOnlyMemory<byte> Event)
{
    /// <summary>Which letter of the sink it is, counted from 1; null in older files. One that replaces another has its number.</summary>
    public long? Number { get; init; }

    /// <summary>What operators name it by: its stream and number, which no other letter of a sink has while it is one.</summary>
    public string Id => $"{Stream}-{Ordinal}";

    /// <summary>Reads a line, without its line feed.</summary>
    /// <param name="line">The line; the letter's event keeps to its bytes.</param>
    /// <param name="letter">The letter.</param>
    /// <param name="fault">What is wrong with the line.</param>
    public static bool TryParse(ReadOnlyMemory<byte> line, out StoredLetter letter, out string? fault)
    {
        letter = null!;
        fault = null;
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            letter = new StoredLetter(
                json.GetProperty("ts").GetDateTimeOffset(),
                json.GetProperty("reason").GetString() ?? "",
                json.GetProperty("attempt").GetInt32(),
                json.GetProperty("slot").GetInt32(),
                StreamId.Parse(json.GetProperty("stream").GetString()!, null),
                json.GetProperty("ordinal").GetInt64(),
                json.GetProperty("end_position").GetInt64(),
                EventOf(line))
            {
                Number = json.TryGetProperty("number", out var number) ? number.GetInt64() : null,
            };
            return true;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentNullException)
        {
            fault = exception.Message;
            return false;
        }
    }

    // The event stands last and as it was recorded: its bytes are kept, and not written anew.
    private static ReadOnlyMemory<byte> EventOf(ReadOnlyMemory<byte> line)
    {
        var reader = new Utf8JsonReader(line.Span);
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("event"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Null)
                {
                    return default;
                }

                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                return line[start..(int)reader.BytesConsumed];
            }
        }

        throw new KeyNotFoundException("it has no event");
    }
}
