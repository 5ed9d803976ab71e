using TelemetryActors.Pipeline;

namespace TelemetryActors.Sinks.S3.Reading;

/// <summary>Brings the events of a time back from a bucket: in order of time, each once.</summary>
/// <remarks>
/// The events of one stream keep their order; streams are merged by time. Objects of one stream may overlap when batches of other bounds were sent
/// again: an event's ordinal tells that it was there already. Holds the objects that reach into the same moment, compressed.
/// </remarks>
internal sealed class StoredEvents(BucketObjects objects)
{
    private readonly List<string> _damaged = [];

    /// <summary>The keys of objects that end before they should, cannot be unpacked, or hold lines that are none of ours: events before the damage came back, and those behind lines that could still be told from each other.</summary>
    public IReadOnlyList<string> Damaged => _damaged;

    /// <summary>Objects whose metadata is gone: where they overlap with others cannot be told.</summary>
    public int WithoutBounds { get; private set; }

    /// <summary>Writes the events as JSON lines.</summary>
    /// <param name="from">The time's beginning.</param>
    /// <param name="to">The time's end, no longer part of it.</param>
    /// <param name="device">Only of this installation; null: of all.</param>
    /// <param name="output">Takes the lines.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>How many events were written.</returns>
    public async Task<long> WriteAsync(DateTimeOffset from, DateTimeOffset to, string? device, Stream output, CancellationToken cancellation)
    {
        var listed = await objects.WithMetadataAsync(await objects.ListAsync(from, to, device, cancellation), cancellation);
        var found = listed.Where(stored => stored.Times?.Meet(from, to) ?? true).ToList();
        WithoutBounds = found.Count(stored => stored.Bounds is null);
        LaneReader[] readers = [.. found.GroupBy(LaneOf).Select((lane, index) => new LaneReader(objects, lane, index, damaged => _damaged.Add(damaged.Path)))];
        try
        {
            return await MergeAsync(readers, from, to, output, cancellation);
        }
        finally
        {
            Array.ForEach(readers, reader => reader.Dispose());
        }
    }

    private static async Task<long> MergeAsync(LaneReader[] readers, DateTimeOffset from, DateTimeOffset to, Stream output, CancellationToken cancellation)
    {
        var lanes = new PriorityQueue<LaneReader, (DateTimeOffset At, int Lane)>(readers.Select(reader => (reader, (reader.NextAt, reader.Index))));
        var written = 0L;
        while (lanes.TryDequeue(out var reader, out _))
        {
            if (await reader.ReadAsync(cancellation) is { } line && line.At < to)
            {
                if (line.At >= from)
                {
                    await output.WriteAsync(line.Bytes, cancellation);
                    written++;
                }
            }

            if (reader.NextAt < DateTimeOffset.MaxValue)
            {
                lanes.Enqueue(reader, (reader.NextAt, reader.Index));
            }
        }

        return written;
    }

    private static (string Device, StreamId Stream, string? Path) LaneOf(StoredObject stored) =>
        (stored.Key.Device, stored.Bounds?.Start.Stream ?? StreamId.None, stored.Bounds is null ? stored.Path : null);
}
