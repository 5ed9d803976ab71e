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
    private readonly TimeProvider _time;
    private readonly EventRing _ring;
    private readonly LogFiles _files;
    private readonly Cursor _begin;

    // Touched by the appending thread alone.
    private LogRewrite? _rewrite;
    private (Cursor Before, LogGap Gap)? _gap;
    private int _generation;

    // One fsync at a time.
    private readonly Lock _syncing = new();

    private Cursor _written;
    private long _writtenPosition;

    // Written under _syncing.
    private Cursor _synced;
    private long _syncedPosition;
    private volatile bool _mustRewrite;
    private readonly LogDoubt _doubt = new();
    private volatile CircuitRecord? _circuit;

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
        _time = time;
        _ring = ring;
        _files = new LogFiles(folder, options, time, index with { GoesOnAt = written }, continueLast);
        _written = _synced = _begin = written;
        _writtenPosition = _syncedPosition = written.Position;
        _generation = index.Stretches.Select(stretch => stretch.Generation).DefaultIfEmpty().Max();
    }

    /// <summary>Which file holds which position.</summary>
    public LogIndex Index => _files.Index;

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
    public long InDoubt => _doubt.Events;

    /// <summary>Told of events whose fate became unknown, before <see cref="Synced"/> counts them in. It must not call the log.</summary>
    public Action<long> TellDoubt { get; set; } = _ => { };

    /// <summary>Events that stand in no file because the ring was overwritten before they could be written, since this log was opened. For the appending thread, and for the end behind it.</summary>
    public long Overwritten { get; private set; }

    /// <summary>Events of earlier writers of this slot whose fate is unknown for the same reason.</summary>
    public long InDoubtBefore
    {
        get => _doubt.Before;
        set
        {
            _doubt.Before = value;
            _ring.InDoubt = value + InDoubt;
        }
    }

    /// <summary>How many events came to be in doubt since this was asked last. For the appending thread, and for the end behind it.</summary>
    public long TakeUntoldDoubt() => _doubt.TakeUntold();

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
    public bool HasClosedFiles => _files.Unsynced.HasClosed;

    /// <summary>What a dead writer brought behind a place may not be on the device, whatever a later fsync says: it is written again from the ring, and none of its files is gone on with.</summary>
    /// <param name="from">The place.</param>
    /// <param name="left">Behind the newest event that the files hold: what lies between it and where this log begins, the ring lost before any file had it.</param>
    public void Distrust(Cursor from, Cursor left)
    {
        lock (_syncing)
        {
            _doubt.Spare(left.Ordinal, _begin.Ordinal);
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
        if (_files.TryCut(out var isCurrentClosed))
        {
            return;
        }

        NoteFailedSync();
        if (isCurrentClosed)
        {
            lock (_syncing)
            {
                MustWriteAgain();
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

            while (_files.Unsynced.Oldest is { } file)
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

                _files.Unsynced.Forget(file);
            }
        }
    }

    /// <summary>Writes down what is known of the log, so that the next start need not read it.</summary>
    public void SaveState(bool isClean)
    {
        // The end is taken before the runs: a run that begins in between is named twice, and none is forgotten.
        var index = _files.Index;
        ImmutableArray<LogStretch> stretches = [.. index.Stretches.Select(stretch => stretch.Snapshot())];
        var end = stretches.MaxBy(stretch => stretch.EndPosition) is { } furthest && furthest.EndPosition >= _begin.Position ? furthest.End : _begin;
        var state = new LogState(end.Stream, isClean, index.RetainedFrom, end, stretches, [.. OpenRuns()])
        {
            UntoldGap = UntoldGap,
            InDoubt = InDoubtBefore + InDoubt,
            HasFailedSync = _ring.FailedSync is not null,
            Ring = RingPlace.Of(_ring),
            Writer = isClean ? null : _ring.Writer,
            Circuit = Circuit is { State: not CircuitState.Closed } circuit ? circuit : null,
        };
        _folder.Files.CreateDirectory(Path.GetDirectoryName(_folder.StateFile)!);
        AtomicFile.Write(_folder.Files, _folder.StateFile, state.Encode());
    }

    /// <summary>Removes the oldest files while there are more bytes, or older ones, than are to be kept. For the appending thread.</summary>
    /// <param name="keepState">Writes the state down before a file goes, so that whoever reads beside this process knows why; null when nobody does. While it is false no file goes.</param>
    /// <param name="byAge">Whether old files go as well: not where a process is too young to know whether its clock can be believed.</param>
    public void Retain(Func<bool>? keepState = null, bool byAge = true) => _files.Retain(keepState, byAge);

    public void Dispose() => _files.Dispose();

    private void AppendOnce(ReadOnlySpan<byte> lines, Cursor start, Cursor end)
    {
        var now = _time.GetUtcNow();
        var file = _files.For(now, lines.Length, start, isRewrite: _rewrite is not null);
        if (file.Append(lines, start, end, now, GapBefore(start), _generation) is { } begun)
        {
            _files.Add(begun);
        }

        Overwritten += Math.Max(start.Ordinal - _written.Ordinal, 0);
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

    private void Rewrite(Cursor upTo)
    {
        lock (_syncing)
        {
            var rewrite = _rewrite ??= BeginRewrite(upTo);
            WriteAgain(rewrite);
            _files.Remove(rewrite.Superseded);
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
        _generation++;
        var from = RewriteStart(upTo);
        return new LogRewrite(from, upTo, _files.Abandon(from));
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
        if (_doubt.Count(_synced, to) is > 0 and var events)
        {
            _ring.InDoubt = _doubt.Before + _doubt.Events;
            NoteFailedSync();
            TellDoubt(events);
        }
    }

    // What is counted as in doubt already is not what the next writer should count.
    private void NoteFailedSync() => _ring.NoteFailedSync(Settled);

    private Cursor Settled => _doubt.SettledFrom(_synced);
}
