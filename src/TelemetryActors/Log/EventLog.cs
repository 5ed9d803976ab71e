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
    private readonly LogFolder _folder;
    private readonly TimeProvider _time;
    private readonly EventRing _ring;
    private readonly LogFiles _files;
    private readonly LogDevice _device;
    private readonly Cursor _begin;

    // Set by the appending thread, and at the end behind it; what is told stays true of its place, whatever is overwritten behind that before an anchor says it.
    private volatile ToldGap? _told;

    // Touched by the appending thread alone.
    private ToldGap? _overwritten;
    private Cursor? _lostTo;
    private Cursor _written;

    // Of the last append: how far it came, also where it failed.
    private Cursor _reached;
    private long _writtenPosition;
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
        _written = _begin = written;
        _writtenPosition = written.Position;
        _device = new LogDevice(ring, _files, written, AppendOnce, () => _reached);
    }

    /// <summary>Which file holds which position.</summary>
    public LogIndex Index => _files.Index;

    /// <summary>Behind the newest event that was written. For the appending thread.</summary>
    public Cursor Written => _written;

    /// <summary>Position below which everything is on the device.</summary>
    public long Synced => _device.Synced;

    /// <summary>Behind the newest event that is on the device. While <see cref="MustRewrite"/>, what was written behind it may never come there.</summary>
    public Cursor SyncedTo => _device.SyncedTo;

    /// <summary>Behind the newest event whose fate is known or counted as in doubt: what is lost behind it counts anew.</summary>
    public Cursor SettledTo => _device.SettledTo;

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
    public long InDoubt => _device.InDoubt;

    /// <summary>Told of events whose fate became unknown, before <see cref="Synced"/> counts them in. It must not call the log.</summary>
    public Action<long> TellDoubt
    {
        get => _device.TellDoubt;
        set => _device.TellDoubt = value;
    }

    /// <summary>Events that stand in no file because the ring was overwritten before they could be written, since this log was opened. For the appending thread, and for the end behind it.</summary>
    public long Overwritten { get; private set; }

    /// <summary>Events of earlier writers of this slot whose fate is unknown for the same reason.</summary>
    public long InDoubtBefore
    {
        get => _device.InDoubtBefore;
        set => _device.InDoubtBefore = value;
    }

    /// <summary>How many events came to be in doubt since this was asked last. For the appending thread, and for the end behind it.</summary>
    public long TakeUntoldDoubt() => _device.TakeUntoldDoubt();

    /// <summary>What stands in no file right before what is appended next; null when nothing is missing there, or an anchor says it already.</summary>
    public LogGap? UntoldGap => _told is { } told && told.Before == _written ? told.Gap : null;

    /// <summary>The next anchor says why the events before it are in no file.</summary>
    public void TellGap(LogGap gap) => _told = new ToldGap(_written, gap);

    /// <summary>Why events between two positions are in no file, where this log was told of that; null when it was not. Any thread may ask.</summary>
    public DropReason? ToldReason(long from, long to) => _told is { } told && told.Before.Position > from && told.Before.Position <= to ? told.Gap.Reason : null;

    /// <summary>What lies between what was written and the end of a ring that goes with its process is lost: it is counted, and the next start goes on behind it. Nothing is appended after that.</summary>
    /// <param name="tail">Behind the newest event of the ring.</param>
    public void NoteLost(Cursor tail)
    {
        _told = new ToldGap(tail, new LogGap(DropReason.InDoubt, tail.Ordinal - _written.Ordinal + (UntoldGap?.Gone ?? 0)));
        _written = tail;
        _lostTo = tail;
    }

    /// <summary>Appends whole events.</summary>
    /// <param name="lines">Their bytes.</param>
    /// <param name="start">Before the first.</param>
    /// <param name="end">Behind the last.</param>
    /// <remarks>What was written already, by a call that failed behind it, is not written twice. Where the disk takes a part and fails, <see cref="Written"/> stands behind its whole lines.</remarks>
    public void Append(ReadOnlySpan<byte> lines, Cursor start, Cursor end)
    {
        var from = _written.Stream == start.Stream && _written.Position > start.Position ? _written : start;
        _device.RewriteWhatFailed(from);
        var there = from.Position - start.Position;
        if (there < lines.Length)
        {
            AppendOnce(lines[(int)there..], from, end);
        }
    }

    /// <summary>Whether an fsync failed and what it was for is not written again yet.</summary>
    public bool MustRewrite => _device.MustRewrite;

    /// <summary>Whether a file that nothing more is appended to waits for its fsync.</summary>
    public bool HasClosedFiles => _files.Unsynced.HasClosed;

    /// <summary>What a dead writer brought behind a place may not be on the device, whatever a later fsync says: it is written again from the ring, and none of its files is gone on with.</summary>
    /// <param name="from">The place.</param>
    /// <param name="left">Behind the newest event that the files hold: what lies between it and where this log begins, the ring lost before any file had it.</param>
    public void Distrust(Cursor from, Cursor left) => _device.Distrust(from, left);

    /// <summary>Takes away what stands in the last file behind what was written: of a torn write, or of someone else.</summary>
    public void CutBehind()
    {
        if (!_files.TryCut(out var isCurrentClosed))
        {
            _device.NoteFailedCut(isCurrentClosed);
        }
    }

    /// <summary>After a failed fsync: writes what the ring still has into a new file. For the appending thread, when there is nothing to append.</summary>
    public void RewriteWhatFailed() => _device.RewriteWhatFailed(_written);

    /// <summary>Brings everything that was written to the device.</summary>
    /// <exception cref="IOException">An fsync failed: the appending thread writes what the ring still has of it into a new file, and then it is tried again.</exception>
    public void Sync() => _device.Sync();

    /// <summary>Writes down what is known of the log, so that the next start need not read it.</summary>
    public void SaveState(bool isClean)
    {
        // The end is taken before the runs: a run that begins in between is named twice, and none is forgotten.
        var index = _files.Index;
        ImmutableArray<LogStretch> stretches = [.. index.Stretches.Select(stretch => stretch.Snapshot())];
        var end = _lostTo ?? (stretches.MaxBy(stretch => stretch.EndPosition) is { } furthest && furthest.EndPosition >= _begin.Position ? furthest.End : _begin);
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
        _reached = start;
        var now = _time.GetUtcNow();
        var file = _files.For(now, lines.Length, start, _device.IsRewriting);
        var before = file.Stretch;
        try
        {
            file.Append(lines, start, end, now, GapBefore(start), _device.Generation);
        }
        finally
        {
            // Also where the disk took a part and failed.
            if (file.Written is var written && written.Stream == start.Stream && written.Position > start.Position && written.Position <= end.Position)
            {
                Advance(file.Stretch == before ? null : file.Stretch, start, written);
            }
        }
    }

    private void Advance(LogStretch? begun, Cursor start, Cursor written)
    {
        if (begun is not null)
        {
            _files.Add(begun);
        }

        Overwritten += Math.Max(start.Ordinal - _written.Ordinal, 0);
        _written = _reached = written;
        Volatile.Write(ref _writtenPosition, written.Position);

        // Whoever waits for a flush wishes first and looks then; the writer must be seen to have written before it looks for wishes.
        Interlocked.MemoryBarrier();
    }

    // Whatever comes next, what lies between it and what was written last was overwritten in the ring, behind what is missing there already. It is said again
    // where a file begins anew at that place.
    private LogGap? GapBefore(Cursor start)
    {
        if (start.Ordinal > _written.Ordinal)
        {
            var overwritten = new LogGap(DropReason.Overwritten, start.Ordinal - _written.Ordinal);
            _overwritten = new ToldGap(start, UntoldGap?.And(overwritten) ?? overwritten);
        }

        return GapAt(_overwritten, start) ?? GapAt(_told, start);
    }

    private static LogGap? GapAt(ToldGap? told, Cursor start) => told?.Before == start ? told.Gap : null;
}
