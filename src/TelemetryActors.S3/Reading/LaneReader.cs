using System.IO.Compression;
using TelemetryActors.Encoding;

namespace TelemetryActors.Sinks.S3.Reading;

/// <summary>Reads the objects of one stream one after the other, each event once.</summary>
internal sealed class LaneReader : IDisposable
{
    private readonly BucketObjects _objects;
    private readonly Queue<StoredObject> _left;
    private readonly Action<StoredObject> _tellDamaged;
    private StoredObject? _damaged;
    private StoredObject? _reading;
    private LineStream? _open;
    private long _ordinal;
    private long _next = -1;
    private StoredLine? _ahead;

    public LaneReader(BucketObjects objects, IEnumerable<StoredObject> lane, int index, Action<StoredObject> tellDamaged)
    {
        _objects = objects;
        _tellDamaged = tellDamaged;
        Index = index;
        _left = new Queue<StoredObject>(lane.OrderBy(stored => stored.Bounds?.Start.Ordinal).ThenByDescending(stored => stored.Bounds?.End.Ordinal));
    }

    /// <summary>Tells lanes apart whose events happened at one instant.</summary>
    public int Index { get; }

    /// <summary>When its next event happened, or at the earliest did; the last instant there is when nothing is left.</summary>
    public DateTimeOffset NextAt => _ahead?.At ?? (_open is not null ? DateTimeOffset.MinValue : _left.TryPeek(out var stored) ? stored.Key.First : DateTimeOffset.MaxValue);

    /// <summary>The next event, when it is known to be the one of <see cref="NextAt"/>; null when more is known now.</summary>
    public async Task<StoredLine?> ReadAsync(CancellationToken cancellation)
    {
        if (_ahead is { } line)
        {
            var bytes = line.Bytes.ToArray();
            _ahead = Take();
            return line with { Bytes = bytes };
        }

        if (_open is null && _left.TryDequeue(out var stored))
        {
            await OpenAsync(stored, cancellation);
        }

        _ahead = Take();
        return null;
    }

    public void Dispose() => _open?.Dispose();

    private async Task OpenAsync(StoredObject stored, CancellationToken cancellation)
    {
        // All of it was in an object before.
        if (stored.Bounds is { } bounds && bounds.End.Ordinal <= _next)
        {
            return;
        }

        _ordinal = stored.Bounds?.Start.Ordinal ?? 0;
        _next = stored.Bounds is null ? 0 : Math.Max(_next, _ordinal);
        _reading = stored;
        _open = new LineStream(new GZipStream(await _objects.ReadAsync(stored, cancellation), CompressionMode.Decompress));
    }

    private StoredLine? Take()
    {
        while (_open is { } open)
        {
            var line = Next(open);
            if (line.IsEmpty)
            {
                open.Dispose();
                _open = null;
                return null;
            }

            if (_ordinal++ >= _next)
            {
                _next = _ordinal;
                if (EventLine.TryParse(line, out var parsed, out _))
                {
                    return new StoredLine(parsed.Timestamp, line);
                }

                // The others of the object are as good as ever.
                TellDamaged();
            }
        }

        return null;
    }

    // A line without its line feed was cut off, and so was an object that ends before its last event.
    private ReadOnlyMemory<byte> Next(LineStream open)
    {
        try
        {
            var line = open.Read();
            if (line.IsEmpty ? _reading!.Bounds is not { } bounds || _ordinal >= bounds.End.Ordinal : line.Span[^1] == '\n')
            {
                return line;
            }
        }
        catch (InvalidDataException)
        {
            // What was compressed is told as damaged, like what was cut off and what has no lines.
        }

        TellDamaged();
        return default;
    }

    private void TellDamaged()
    {
        if (_damaged != _reading)
        {
            _damaged = _reading;
            _tellDamaged(_reading!);
        }
    }
}
