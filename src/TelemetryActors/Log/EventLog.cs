using System.Collections.Immutable;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Log;

/// <summary>One writer slot's part of the event log: the ring's bytes, continued on disk.</summary>
/// <remarks>
/// One thread appends; any thread may call <see cref="Sync"/>; readers use <see cref="Index"/>. Bytes go to their position's place, so repeating
/// a write is harmless. A file that is not as it was left is closed as it is; a failed fsync makes a new file, written again from the ring.
/// Errors are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>: nothing counts as written then.
/// </remarks>
internal sealed class EventLog : IDisposable
{
    private const int RewriteBytes = 128 * 1024;

    private readonly LogFolder _folder;
    private readonly LogOptions _options;
    private readonly TimeProvider _time;
    private readonly EventRing _ring;
    private readonly LogRetention _retention;
    private readonly HashSet<string> _ownFiles = [];

    // Touched by the appending thread alone.
    private LogFile? _current;
    private LogFile? _resumable;
    private LogRewrite? _rewrite;
    private (Cursor Before, LogGap Gap)? _gap;
    private int _generation;
    private long _toldInDoubt;
    private readonly Queue<string> _removed = new();

    private readonly UnsyncedFiles _unsynced = new();

    // One fsync at a time.
    private readonly Lock _syncing = new();

    private volatile LogIndex _index;
    private readonly Cursor _begin;
    private Cursor _written;
    private long _writtenPosition;

    // Written under _syncing.
    private Cursor _synced;
    private long _syncedPosition;
    private volatile bool _mustRewrite;
    private volatile CircuitRecord? _circuit;
    private Cursor _inDoubtTo;
    private (long From, long To) _neverWritten;
    private long _inDoubtBefore;

    /// <param name="folder">Where the files are.</param>
    /// <param name="options">How they are kept.</param>
    /// <param name="time">The clock; only the UTC date matters.</param>
    /// <param name="ring">Where bytes are read again after a failed fsync.</param>
    /// <param name="index">What is there already.</param>
    /// <param name="written">Behind the newest event that the files hold.</param>
    /// <param name="continueLast">Whether the last file may be gone on with; false leaves it as it is.</param>
    public EventLog(
        LogFolder folder, LogOptions options, TimeProvider time, EventRing ring, LogIndex index, Cursor written, bool continueLast)
    {
        _folder = folder;
        _options = options;
        _time = time;
        _ring = ring;
        _index = index;
        _written = _synced = _begin = written;
        _writtenPosition = _syncedPosition = written.Position;
        _retention = new LogRetention(options, time);
        _generation = index.Stretches.Select(stretch => stretch.Generation).DefaultIfEmpty().Max();
        if (continueLast && index.Last is { } last)
        {
            _resumable = LogFile.Resume(folder, last);
        }
    }

    /// <summary>Which file holds which position.</summary>
    public LogIndex Index => _index;

    /// <summary>Behind the newest event that was written. For the appending thread.</summary>
    public Cursor Written => _written;

    /// <summary>Position below which everything is on the device.</summary>
    public long Synced => Volatile.Read(ref _syncedPosition);

    /// <summary>Behind the newest event that is on the device. While <see cref="MustRewrite"/>, what was written behind it may never come there.</summary>
    public Cursor SyncedTo
    {
        get
        {
            lock (_syncing)
            {
                return _synced;
            }
        }
    }

    /// <summary>Behind the newest event whose fate is known or counted as in doubt: what is lost behind it counts anew.</summary>
    public Cursor SettledTo
    {
        get
        {
            lock (_syncing)
            {
                return Settled;
            }
        }
    }

    /// <summary>Position below which everything was written.</summary>
    public long WrittenPosition => Volatile.Read(ref _writtenPosition);

    /// <summary>Names the runs that are open now, with their agents, for whoever takes over after a crash.</summary>
    public Func<IEnumerable<KeyValuePair<string, string>>> OpenRuns { get; set; } = () => [];

    /// <summary>How the log's circuit stands, for whoever reads its state; null while nobody said.</summary>
    public CircuitRecord? Circuit
    {
        get => _circuit;
        set => _circuit = value;
    }

    /// <summary>Bytes that were written and are not known to be on the device.</summary>
    public long UnsyncedBytes => WrittenPosition - Synced;

    /// <summary>Events whose fate is unknown: an fsync failed and the ring did not hold them any more.</summary>
    public long InDoubt { get; private set; }

    /// <summary>Told of events whose fate became unknown, before <see cref="Synced"/> counts them in. It must not call the log.</summary>
    public Action<long> TellDoubt { get; set; } = _ => { };

    /// <summary>Events of earlier writers of this slot whose fate is unknown for the same reason.</summary>
    public long InDoubtBefore
    {
        get => _inDoubtBefore;
        set
        {
            _inDoubtBefore = value;
            _ring.InDoubt = value + InDoubt;
        }
    }

    /// <summary>How many events came to be in doubt since this was asked last. For the appending thread, and for the end behind it.</summary>
    public long TakeUntoldDoubt()
    {
        var untold = InDoubt - _toldInDoubt;
        _toldInDoubt = InDoubt;
        return untold;
    }

    /// <summary>What stands in no file right before what is appended next; null when nothing is missing there, or an anchor says it already.</summary>
    public LogGap? UntoldGap => _gap is { } gap && gap.Before == _written ? gap.Gap : null;

    /// <summary>The next anchor says why the events before it are in no file.</summary>
    public void TellGap(LogGap gap) => _gap = (_written, gap);

    /// <summary>Appends whole events.</summary>
    /// <param name="lines">Their bytes.</param>
    /// <param name="start">Before the first.</param>
    /// <param name="end">Behind the last.</param>
    public void Append(ReadOnlySpan<byte> lines, Cursor start, Cursor end)
    {
        if (_mustRewrite)
        {
            Rewrite(start);
        }

        AppendOnce(lines, start, end);
    }

    /// <summary>Whether an fsync failed and what it was for is not written again yet.</summary>
    public bool MustRewrite => _mustRewrite;

    /// <summary>Whether a file that nothing more is appended to waits for its fsync.</summary>
    public bool HasClosedFiles => _unsynced.HasClosed;

    /// <summary>What a dead writer brought behind a place may not be on the device, whatever a later fsync says: it is written again from the ring, and none of its files is gone on with.</summary>
    /// <param name="from">The place.</param>
    /// <param name="left">Behind the newest event that the files hold: what lies between it and where this log begins, the ring lost before any file had it.</param>
    public void Distrust(Cursor from, Cursor left)
    {
        lock (_syncing)
        {
            _neverWritten = (left.Ordinal, _begin.Ordinal);
            if (from.Position < _synced.Position)
            {
                _synced = from;
                Volatile.Write(ref _syncedPosition, from.Position);
            }

            MustWriteAgain();
        }
    }

    /// <summary>Takes away what stands in the last file behind what was written: of a torn write, or of someone else.</summary>
    public void CutBehind()
    {
        try
        {
            (_current ?? _resumable)?.Cut();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file stays as it is and a new one begins; a disk that refuses that too says so at the first append.
            _resumable?.Dispose();
            _resumable = null;
            NoteFailedSync();
            if (_current is { } current)
            {
                // Its own fsync may be what failed.
                Close(current);
                lock (_syncing)
                {
                    MustWriteAgain();
                }
            }
        }
    }

    /// <summary>After a failed fsync: writes what the ring still has into a new file. For the appending thread, when there is nothing to append.</summary>
    public void RewriteWhatFailed()
    {
        if (_mustRewrite)
        {
            Rewrite(_written);
        }
    }

    /// <summary>Brings everything that was written to the device.</summary>
    /// <exception cref="IOException">An fsync failed: the appending thread writes what the ring still has of it into a new file, and then it is tried again.</exception>
    public void Sync()
    {
        lock (_syncing)
        {
            if (_mustRewrite)
            {
                throw new IOException("An fsync failed; what it was for is not written again yet.");
            }

            while (_unsynced.Oldest is { } file)
            {
                var isCurrent = !file.IsClosed;
                var end = file.Written;
                if (isCurrent && end.Position <= _synced.Position)
                {
                    return;
                }

                try
                {
                    file.Sync();
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // What the device has of this file is unknown for good; a second fsync would only pretend.
                    MustWriteAgain();
                    throw;
                }

                if (end.Position > _synced.Position)
                {
                    _synced = end;
                    Volatile.Write(ref _syncedPosition, end.Position);
                }

                _ring.ForgetFailedSync();
                if (isCurrent)
                {
                    return;
                }

                _unsynced.Forget(file);
            }
        }
    }

    /// <summary>Writes down what is known of the log, so that the next start need not read it.</summary>
    public void SaveState(bool isClean)
    {
        // The end is taken before the runs: a run that begins in between is named twice, and none is forgotten.
        var index = _index;
        ImmutableArray<LogStretch> stretches = [.. index.Stretches.Select(stretch => stretch.Snapshot())];
        var end = stretches.MaxBy(stretch => stretch.EndPosition) is { } furthest && furthest.EndPosition >= _begin.Position ? furthest.End : _begin;
        var state = new LogState(end.Stream, isClean, index.RetainedFrom, end, stretches, [.. OpenRuns()])
        {
            UntoldGap = UntoldGap,
            InDoubt = InDoubtBefore + InDoubt,
            HasFailedSync = _ring.FailedSync is not null,
            Ring = isClean ? null : RingPlace.Of(_ring),
            Writer = isClean ? null : _ring.Writer,
            Circuit = Circuit is { State: not CircuitState.Closed } circuit ? circuit : null,
        };
        _folder.Files.CreateDirectory(Path.GetDirectoryName(_folder.StateFile)!);
        AtomicFile.Write(_folder.Files, _folder.StateFile, state.Encode());
    }

    /// <summary>Removes the oldest files while there are more bytes, or older ones, than are to be kept. For the appending thread.</summary>
    /// <param name="keepState">Writes the state down before a file goes, so that whoever reads beside this process knows why; null when nobody does. While it is false no file goes.</param>
    /// <param name="byAge">Whether old files go as well: not where a process is too young to know whether its clock can be believed.</param>
    public void Retain(Func<bool>? keepState = null, bool byAge = true)
    {
        var sizes = _index.Stretches.Where(stretch => !stretch.IsGone).GroupBy(stretch => stretch.File).ToDictionary(group => group.Key, group => group.Max(one => one.EndOffset));
        var total = sizes.Values.Sum();
        foreach (var (name, bytes) in sizes.Where(file => file.Key != _current?.Name).ToList())
        {
            if (total <= _options.RetentionBytes && (!byAge || _ownFiles.Contains(name) || !_retention.IsTooOld(name)))
            {
                break;
            }

            _removed.Enqueue(name);
            _index = _index.WithoutFile(name);
            total -= bytes;
        }

        if (_removed.Count > 0 && keepState?.Invoke() == false)
        {
            return;
        }

        // One that cannot be deleted now is tried again.
        while (_removed.TryPeek(out var removed))
        {
            _folder.Files.Delete(_folder.PathOf(removed));
            _removed.Dequeue();
        }
    }

    public void Dispose()
    {
        _current?.DeleteIfEmpty();
        _unsynced.Dispose();
        _current?.Dispose();
        _resumable?.Dispose();
    }

    private void AppendOnce(ReadOnlySpan<byte> lines, Cursor start, Cursor end)
    {
        var now = _time.GetUtcNow();
        var file = FileFor(now, lines.Length, start);
        if (file.Append(lines, start, end, now, GapBefore(start), _generation) is { } begun)
        {
            _index = _index.Add(begun);
        }

        _written = end;
        Volatile.Write(ref _writtenPosition, end.Position);

        // Whoever waits for a flush wishes first and looks then; the writer must be seen to have written before it looks for wishes.
        Interlocked.MemoryBarrier();
    }

    // Whatever comes next, what lies between it and what was written last was overwritten in the ring. It is said again where a file begins anew at that place.
    private LogGap? GapBefore(Cursor start)
    {
        if (start.Ordinal > _written.Ordinal)
        {
            _gap = (start, new LogGap(DropReason.Overwritten, start.Ordinal - _written.Ordinal));
        }

        return _gap is { } gap && gap.Before == start ? gap.Gap : null;
    }

    private LogFile FileFor(DateTimeOffset now, int bytes, Cursor start)
    {
        if (_current is { } current && !current.IsAsLeft())
        {
            Close(current);
        }
        else if (_current is { } left && (MustRoll(left, now, bytes) || !left.CanTake(start)))
        {
            left.CutTornLine();
            Close(left);
        }

        if (_current is null && _resumable is { } resumable)
        {
            _resumable = null;
            if (resumable.IsAsLeft() && !MustRoll(resumable, now, bytes))
            {
                Use(resumable);
            }
            else
            {
                resumable.Dispose();
            }
        }

        if (_current is null)
        {
            // A name that is free was perhaps another file's, which someone deleted: nobody may read that one's positions here.
            var name = LogFile.FreeName(_folder, _folder.NameFor(now));
            _index = _index.WithGone(name.ToString());
            Use(LogFile.Create(_folder, name, isRewrite: _rewrite is not null));
        }

        return _current!;
    }

    // A closed file keeps its place among the unsynced until an fsync has taken it; its handle lives as long.
    private void Close(LogFile file)
    {
        _current = null;
        file.IsClosed = true;
    }

    private void Use(LogFile file)
    {
        _current = file;
        _ownFiles.Add(file.Name);
        _unsynced.Add(file);
    }

    // A fixed file ends only where retention could not keep its bound otherwise: half of it is what goes first then, and what is left.
    private bool MustRoll(LogFile file, DateTimeOffset now, int bytes) => _options.File is null
        ? file.Label != _folder.NameFor(now).Label || file.EndOffset + bytes > _options.MaxFileBytes
        : file.EndOffset + bytes > _options.RetentionBytes / 2;

    private void Rewrite(Cursor upTo)
    {
        lock (_syncing)
        {
            var rewrite = _rewrite ??= BeginRewrite(upTo);
            WriteAgain(rewrite);
            Remove(rewrite.Superseded);
            _rewrite = null;
            _mustRewrite = false;

            // Written is not enough: a device that refuses again makes the log fail, and its circuit then spares the disk.
            // Where nothing was left to write, the ring goes on saying that the files before must not be gone on with: until another one is on the device.
            Sync();
        }
    }

    private void MustWriteAgain()
    {
        _mustRewrite = true;
        NoteFailedSync();
    }

    // A device that refuses again and again would otherwise collect a file a try; one that holds what was acknowledged, or what only it has, stays.
    private LogRewrite BeginRewrite(Cursor upTo)
    {
        _current = null;
        _resumable?.Dispose();
        _resumable = null;
        _generation++;
        var from = RewriteStart(upTo);
        var superseded = _unsynced.CloseAll().Where(file => file is { IsRewrite: true, WasSynced: false } && !(file.Begin?.Position < from.Position)).ToList();
        return new LogRewrite(from, upTo, superseded);
    }

    private void WriteAgain(LogRewrite rewrite)
    {
        var buffer = new byte[RewriteBytes];
        while (rewrite.From.Position < rewrite.To.Position)
        {
            var limit = (int)Math.Min(buffer.Length, rewrite.To.Position - rewrite.From.Position);
            if (RingReader.TryRead(_ring, rewrite.From, int.MaxValue, buffer.AsSpan(0, limit)) is not { Bytes: > 0 } read)
            {
                rewrite.From = RewriteStart(rewrite.To);
                continue;
            }

            AppendOnce(buffer.AsSpan(0, read.Bytes), read.Start, read.End);
            rewrite.From = read.End;
        }
    }

    private void Remove(IReadOnlyList<LogFile> superseded)
    {
        foreach (var file in superseded.Where(file => _folder.Files.Identify(_folder.PathOf(file.Name)) is { } named && named.IsSameFile(file.Identity)))
        {
            _folder.Files.Delete(_folder.PathOf(file.Name));
            _index = _index.Without(file.Name);
            _ownFiles.Remove(file.Name);
        }
    }

    // From the last position known to be on the device, or from the oldest that the ring still has.
    private Cursor RewriteStart(Cursor upTo)
    {
        if (RingReader.TryLocate(_ring, _synced.Position) is { } exact)
        {
            return exact;
        }

        var oldest = RingReader.Oldest(_ring);
        var start = oldest.Position < upTo.Position ? oldest : upTo;
        Doubt(start);
        return start;
    }

    private void Doubt(Cursor to)
    {
        var from = Math.Max(_synced.Ordinal, _inDoubtTo.Ordinal);
        var overwritten = Math.Max(Math.Min(to.Ordinal, _neverWritten.To) - Math.Max(from, _neverWritten.From), 0);
        if (to.Ordinal - from - overwritten is > 0 and var events)
        {
            InDoubt += events;
            _inDoubtTo = to;
            _ring.InDoubt = _inDoubtBefore + InDoubt;
            NoteFailedSync();
            TellDoubt(events);
        }
    }

    // What is counted as in doubt already is not what the next writer should count.
    private void NoteFailedSync() => _ring.NoteFailedSync(Settled);

    private Cursor Settled => _synced.Position >= _inDoubtTo.Position ? _synced : _inDoubtTo;
}
