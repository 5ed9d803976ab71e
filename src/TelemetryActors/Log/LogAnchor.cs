using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using TelemetryActors.Encoding;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Log;

/// <summary>The line that says which position the next byte of a log file has, and which event it begins.</summary>
/// <remarks>Anchors own no positions and are no events.</remarks>
internal static class LogAnchor
{
    /// <summary>The anchor's event name.</summary>
    public const string EventName = "log_anchor";

    private const int MaxBytes = 256;

    // Behind the instant, which has one width.
    private const int MarkerWithin = 64;

    private static ReadOnlySpan<byte> Marker => "\"event\":\"log_anchor\""u8;

    /// <param name="next">What the next byte is.</param>
    /// <param name="now">The instant of the line.</param>
    /// <param name="gap">Why the events right before it are in no file; null when they are, or nobody knows.</param>
    /// <param name="generation">How often what an fsync had failed for was written again before; 0 is not said.</param>
    public static byte[] Encode(Cursor next, DateTimeOffset now, LogGap? gap = null, int generation = 0)
    {
        var rewrite = generation > 0 ? string.Create(CultureInfo.InvariantCulture, $",\"rewrite\":{generation}") : "";
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $$$"""{"ts":"{{{InstantText.FormatWhole(now)}}}","event":"log_anchor","details":{"stream":"{{{next.Stream}}}","position":{{{next.Position}}},"ordinal":{{{next.Ordinal}}}{{{rewrite}}}{{{gap?.ToJsonMembers()}}}}}""");
        return System.Text.Encoding.ASCII.GetBytes(line + "\n");
    }

    /// <summary>Reads an anchor.</summary>
    /// <param name="line">A line without its line feed.</param>
    /// <param name="next">What it says.</param>
    /// <param name="gap">What it says of the events before it.</param>
    /// <returns>False for any other line.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out Cursor next, out LogGap? gap) => TryParse(line, out next, out gap, out _);

    /// <summary>Reads an anchor, and which rewriting after a failed fsync it belongs to.</summary>
    /// <param name="line">A line without its line feed.</param>
    /// <param name="next">What it says.</param>
    /// <param name="gap">What it says of the events before it.</param>
    /// <param name="generation">How often what an fsync had failed for was written again before.</param>
    /// <returns>False for any other line.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out Cursor next, out LogGap? gap, out int generation)
    {
        next = default;
        gap = null;
        generation = 0;
        if (line.Length > MaxBytes || line.IndexOf(Marker) < 0)
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            // An event of that name has an id as well: only three keys make an anchor.
            if (root.GetPropertyCount() != 3
                || root.GetProperty("event").GetString() != EventName
                || !root.TryGetProperty("details", out var details)
                || !StreamId.TryParse(details.GetProperty("stream").GetString(), CultureInfo.InvariantCulture, out var stream))
            {
                return false;
            }

            next = new Cursor(stream, details.GetProperty("position").GetInt64(), details.GetProperty("ordinal").GetInt64());
            gap = LogGap.TryRead(details);
            generation = details.TryGetProperty("rewrite", out var rewrite) ? Math.Max(rewrite.GetInt32(), 0) : 0;
            return next.Position is >= 0 and < Cursor.Limit && next.Ordinal is >= 0 and < Cursor.Limit;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return false;
        }
    }

    /// <summary>Whether a line that looks like an event is an anchor.</summary>
    public static bool IsOne(ReadOnlySpan<byte> line) =>
        line.Length <= MaxBytes && line[..Math.Min(line.Length, MarkerWithin)].IndexOf(Marker) >= 0 && TryParse(line, out _, out _);

    /// <summary>Whether a line looks like an event of ours: what garbage in a file does not.</summary>
    public static bool LooksLikeEvent(ReadOnlySpan<byte> line) =>
        line.Length > 10 && BeginsLikeEvent(line) && line[^1] == (byte)'}' && line.IndexOfAnyInRange((byte)0, (byte)31) < 0 && Utf8.IsValid(line);

    /// <summary>Whether a line that is not known to its end begins like an event of ours.</summary>
    public static bool BeginsLikeEvent(ReadOnlySpan<byte> line) => line.StartsWith("{\"ts\":\""u8);
}
