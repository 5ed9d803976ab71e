using TelemetryActors.Pipeline;

namespace TelemetryActors.Log;

/// <summary>The bytes of a log file that one anchor places: consecutive positions of one stream.</summary>
/// <remarks>The writer lengthens the last stretch while readers read it: the length is published after the bytes and their count.</remarks>
internal sealed class LogStretch(string file, long offset, Cursor start, long length, long count, LogGap? gap = null, int generation = 0)
{
    private readonly Lock _lock = new();
    private long _length = length;
    private long _count = count;

    /// <summary>The file's name in the log's directory; empty when the file is known to be gone, and its events with it.</summary>
    public string File { get; } = file;

    public bool IsGone => File.Length == 0;

    /// <summary>Where in the file the first event's first byte stands, behind the anchor.</summary>
    public long Offset { get; } = offset;

    /// <summary>What the anchor says.</summary>
    public Cursor Start { get; } = start;

    /// <summary>What the anchor says of the events right before it.</summary>
    public LogGap? Gap { get; } = gap;

    /// <summary>How often what an fsync had failed for was written again before this was begun: a higher one wins where two hold a position.</summary>
    public int Generation { get; } = generation;

    /// <summary>Bytes of events.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>Events.</summary>
    public long Count => Volatile.Read(ref _count);

    public long EndPosition => Start.Position + Length;

    public long EndOffset => Offset + Length;

    /// <summary>Behind the last event. Exact for the writer; a reader beside it may see a count ahead of the length.</summary>
    public Cursor End => new(Start.Stream, EndPosition, Start.Ordinal + Count);

    public void Extend(long bytes, long events)
    {
        lock (_lock)
        {
            Volatile.Write(ref _count, _count + events);
            Volatile.Write(ref _length, _length + bytes);
        }
    }

    /// <summary>Length and count as they belong together.</summary>
    public LogStretch Snapshot() => SnapshotAs(File);

    /// <summary>The same stretch without its file, so that what it promised is counted when it is asked for.</summary>
    public LogStretch Gone() => SnapshotAs("");

    private LogStretch SnapshotAs(string file)
    {
        lock (_lock)
        {
            return new LogStretch(file, Offset, Start, _length, _count, Gap, Generation);
        }
    }
}
