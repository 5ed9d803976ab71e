using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>The stream of a slot that another process writes: its log files alone, read as they grow.</summary>
/// <remarks>Safe for use from several threads: the sinks share it. What the other process still has in its ring comes once it is in its log.</remarks>
internal sealed class OtherSlotSource(LogFolder folder, TimeProvider time) : IEventSource
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (FileIdentity File, long To)> _scanned = [];
    private readonly KnownGaps _gaps = new();
    private LogIndex _index = LogIndex.Empty;
    private StreamId _stream;
    private bool _hasAnotherStream;
    private long _lookedAt;

    public int Slot => folder.Slot;

    public Cursor Tail
    {
        get
        {
            lock (_lock)
            {
                Look();
                return _index.Furthest?.End ?? new Cursor(_stream, 0, 0);
            }
        }
    }

    public IReadOnlyList<PositionGap>? Gaps
    {
        get
        {
            lock (_lock)
            {
                return _gaps.Of(_index);
            }
        }
    }

    public EventRead Read(Cursor from, int maxEvents, Span<byte> buffer)
    {
        LogIndex index;
        StreamId stream;
        lock (_lock)
        {
            (index, stream) = (_index, _stream);
        }

        var reason = DropReason.None;
        if (from.Stream != stream && !index.Stretches.IsEmpty)
        {
            from = index.Oldest!.Start;
        }

        while (true)
        {
            if (LogReader.TryRead(folder, index, from, maxEvents, buffer) is { } read)
            {
                if (read.Bytes > 0)
                {
                    return read with { GoneReason = reason == DropReason.None ? read.GoneReason : reason };
                }

                reason = read.Start.Position <= RetainedFrom() ? DropReason.BacklogLimit : read.GoneReason;
                from = read.Start;
            }
            else if (index.NextAfter(from.Position) is { } next)
            {
                reason = from.Position < index.RetainedFrom ? DropReason.BacklogLimit : next.Gap?.Reason ?? DropReason.Overwritten;
                from = next.Start;
            }
            else
            {
                // What an anchor came after, or what stood where garbage is now, is gone at the end at the latest: nobody may wait for it.
                return index.Furthest is { } last && last.EndPosition >= from.Position && (last.EndPosition > from.Position || last.End.Ordinal > from.Ordinal)
                    ? new EventRead(last.End, last.End, 0, DropReason.Missing)
                    : new EventRead(from, from, 0, reason);
            }
        }
    }

    private void Look()
    {
        if (_lookedAt != 0 && time.GetElapsedTime(_lookedAt) < LookInterval)
        {
            return;
        }

        _lookedAt = time.GetTimestamp();
        try
        {
            LookAtFiles();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Files come and go while their writer works; what is known stays, and the next look sees the rest.
        }
    }

    private void LookAtFiles()
    {
        if (_index.Stretches.IsEmpty)
        {
            Begin(LogRecovery.Recover(folder));
            return;
        }

        var there = folder.List().Select(name => name.ToString()).ToHashSet(StringComparer.Ordinal);
        if (_index.Stretches.Any(stretch => !stretch.IsGone && !there.Contains(stretch.File)))
        {
            LookAtRetention(there);
        }

        foreach (var name in there)
        {
            Grow(name);
        }

        // Its files and its state were deleted, and whoever has taken the slot since could not know its stream.
        if (_hasAnotherStream && _index.Stretches.All(stretch => stretch.IsGone)
            && LogRecovery.Recover(folder) is { Index.Stretches.IsEmpty: false } another && another.Stream != _stream)
        {
            Begin(another);
        }
    }

    private void Begin(RecoveredLog recovered)
    {
        _index = recovered.Index;
        _stream = recovered.Stream;
        _hasAnotherStream = false;
        _scanned.Clear();
        foreach (var group in _index.Stretches.Where(stretch => !stretch.IsGone).GroupBy(stretch => stretch.File))
        {
            _scanned[group.Key] = (folder.Files.Identify(folder.PathOf(group.Key)) ?? default, group.Max(stretch => stretch.EndOffset));
        }
    }

    // A file that is gone went by its writer's retention when the writer's state says so; what a user deleted is missing.
    private void LookAtRetention(HashSet<string> there)
    {
        _index = _index with { RetainedFrom = Math.Max(_index.RetainedFrom, ReadRetainedFrom()) };
        foreach (var file in _index.Stretches.Where(stretch => !stretch.IsGone && !there.Contains(stretch.File)).GroupBy(stretch => stretch.File).ToList())
        {
            _index = file.Max(stretch => stretch.EndPosition) <= _index.RetainedFrom ? _index.Without(file.Key) : _index.WithGone(file.Key);
        }
    }

    // A file may have gone since the last look: whoever misses it asks its writer's state at once.
    private long RetainedFrom()
    {
        try
        {
            return ReadRetainedFrom();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            lock (_lock)
            {
                return _index.RetainedFrom;
            }
        }
    }

    private long ReadRetainedFrom() =>
        AtomicFile.TryRead(folder.Files, folder.StateFile) is { } content ? LogState.TryParse(content)?.RetainedFrom ?? 0 : 0;

    private void Grow(string name)
    {
        if (folder.Files.Identify(folder.PathOf(name)) is not { } now)
        {
            return;
        }

        var (before, from) = _scanned.GetValueOrDefault(name, (now, 0));
        if (!now.IsSameFile(before) || now.Length < from)
        {
            // Another file has the name now, or this one was cut off.
            _index = _index.WithGone(name);
            from = 0;
        }

        if (now.Length <= from)
        {
            return;
        }

        using var file = folder.Files.OpenPlain(folder.PathOf(name), writable: false);
        var last = _index.Stretches.LastOrDefault(stretch => stretch.File == name);
        var (stretches, end) = LogScanner.Scan(file, name, from, last);
        _scanned[name] = (now, end);
        foreach (var stretch in stretches.Where(stretch => stretch != last))
        {
            _hasAnotherStream |= stretch.Start.Stream != _stream;
            _index = stretch.Start.Stream == _stream ? _index.Add(stretch) : _index;
        }
    }
}
