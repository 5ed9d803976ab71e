using System.Text.Json;
using TelemetryActors.Encoding;

namespace TelemetryActors.Sqlite;

/// <summary>A JSON value of a line's envelope as text.</summary>
internal static class EnvelopeText
{
    /// <summary>A string's text; a number since 1970 as a time.</summary>
    public static string? Of(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.TokenType == JsonTokenType.String ? reader.GetString()
            : reader.TryGetDecimal(out var number) && InstantText.TryFromEpoch(number, out var instant) ? InstantText.Format(instant)
            : null;
    }
}
