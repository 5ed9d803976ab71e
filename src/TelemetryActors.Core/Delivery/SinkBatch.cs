using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>Some consecutive events of one stream on their way to a sink.</summary>
/// <param name="Slot">The writer slot whose stream this is; 0 for dead letters put back, whose cursors are those of their file.</param>
/// <param name="Start">Before the first event.</param>
/// <param name="End">Behind the last event.</param>
/// <param name="Lines">The events as they stand in the ring and the log: UTF-8 JSON, one a line, each with its line feed.</param>
public sealed record SinkBatch(int Slot, Cursor Start, Cursor End, ReadOnlyMemory<byte> Lines)
{
    /// <summary>How many events; at least one.</summary>
    public int Count => (int)(End.Ordinal - Start.Ordinal);

    /// <summary>1 for the first try of these events, 2 for the next, and so on.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>What was given up between the events that the sink took last and these, by reason: a sink that keeps its accounts itself counts it.</summary>
    public DropCounts Gone { get; init; } = DropCounts.None;

    /// <summary>Why these events go. A sink that keeps its accounts itself leaves them as they are when it is not <see cref="BatchOrigin.Live"/>.</summary>
    public BatchOrigin Origin { get; init; }

    /// <summary>Whether this batch tests a sink whose circuit is open.</summary>
    public bool IsProbe { get; init; }

    /// <summary>Each event's bytes, without the line feed.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        var rest = Lines;
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            yield return end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
        }
    }
}
