using System.Globalization;
using Amazon.S3.Model;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Sinks.S3;

/// <summary>Which events an object holds and when they happened, in its metadata.</summary>
internal static class ObjectBounds
{
    public static void Write(SinkBatch batch, EventTimes? times, MetadataCollection metadata)
    {
        var range = new EventRange(batch.Slot, batch.Start, batch.End);
        metadata["slot"] = Text(range.Slot);
        metadata["stream"] = range.Start.Stream.ToString();
        metadata["start"] = Text(range.Start.Position);
        metadata["end"] = Text(range.End.Position);
        metadata["first-ordinal"] = Text(range.Start.Ordinal);
        metadata["end-ordinal"] = Text(range.End.Ordinal);
        metadata["count"] = Text(range.Count);
        if (times is not null)
        {
            metadata["earliest"] = InstantText.FormatWhole(times.Earliest);
            metadata["latest"] = InstantText.FormatWhole(times.Latest);
        }
    }

    /// <summary>Reads when the events happened; null when that is not told.</summary>
    public static EventTimes? ReadTimes(MetadataCollection metadata) =>
        Instant(metadata["earliest"]) is { } earliest && Instant(metadata["latest"]) is { } latest ? new EventTimes(earliest, latest) : null;

    /// <summary>Reads them; null when the object has none, because someone copied it without.</summary>
    public static EventRange? Read(MetadataCollection metadata)
    {
        if (!StreamId.TryParse(metadata["stream"], CultureInfo.InvariantCulture, out var stream)
            || Number(metadata["slot"]) is not { } slot
            || Number(metadata["start"]) is not { } start || Number(metadata["end"]) is not { } end
            || Number(metadata["first-ordinal"]) is not { } first || Number(metadata["end-ordinal"]) is not { } behind
            || Number(metadata["count"]) != behind - first || behind <= first || end <= start || slot > int.MaxValue)
        {
            return null;
        }

        return new EventRange((int)slot, new Cursor(stream, start, first), new Cursor(stream, end, behind));
    }

    private static DateTimeOffset? Instant(string? text) =>
        InstantText.TryParse(text, out var instant) ? instant : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
