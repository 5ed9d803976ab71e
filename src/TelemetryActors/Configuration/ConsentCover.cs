using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Configuration;

/// <summary>What a recorded consent covers: what bears no time before it, and stands behind all that was recorded when it was given (D.9, S2.61).</summary>
/// <remarks>Both must hold. The time holds back what another machine recorded earlier; the place holds back what a clock that ran ahead has dated into the future.</remarks>
/// <param name="Since">Since when consent stands unbroken.</param>
/// <param name="Behind">Behind what the newest event of each writer slot stood then.</param>
internal sealed record ConsentCover(DateTimeOffset Since, IReadOnlyList<SlotTail> Behind)
{
    /// <summary>Whether an event's times are covered; what cannot be read is not.</summary>
    public bool CoversTime(ReadOnlyMemory<byte> line) =>
        EventLine.TryParse(line, out var parsed, out _) && parsed.Timestamp >= Since && (parsed.ReceivedTimestamp is not { } received || received >= Since);

    /// <summary>Whether an event's place in a slot is covered. Positions only grow, ordinals may be taken again after a machine was lost.</summary>
    /// <param name="slot">The writer slot.</param>
    /// <param name="at">Before the event; a position that is too low errs towards not covered.</param>
    public bool CoversPlace(int slot, Cursor at) =>
        Behind.All(mark => mark.Slot != slot || mark.Tail.Stream != at.Stream || at.Ordinal >= mark.Tail.Ordinal || at.Position >= mark.Tail.Position);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("since", Since.UtcDateTime);
        json.WriteStartArray("behind");
        foreach (var (slot, tail) in Behind)
        {
            json.WriteStartObject();
            json.WriteNumber("slot", slot);
            CursorFormat.Write(json, "tail", tail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>What a granted record covers; null when it does not say when.</summary>
    public static ConsentCover? Read(JsonElement json)
    {
        if (!json.TryGetProperty("since", out var since) && !json.TryGetProperty("ts", out since))
        {
            return null;
        }

        return new ConsentCover(since.GetDateTimeOffset(), json.TryGetProperty("behind", out var behind)
            ? [.. behind.EnumerateArray().Select(mark => new SlotTail(mark.GetProperty("slot").GetInt32(), CursorFormat.Read(mark.GetProperty("tail"))))]
            : []);
    }
}
