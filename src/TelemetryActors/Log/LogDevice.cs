using TelemetryActors.Pipeline;
using TelemetryActors.Ring;

namespace TelemetryActors.Log;

/// <summary>Brings a log's files to the device. What an fsync failed for is written again from the ring; what the ring does not have any more is in doubt.</summary>
/// <remarks>Any thread may call <see cref="Sync"/>, one at a time is at it; what writes is for the appending thread.</remarks>
internal sealed class LogDevice
{
    private readonly EventRing _ring;
    private readonly LogFiles _files;
    private readonly LogAppend _append;
    private readonly Func<Cursor> _reached;
    private readonly Cursor _begin;

    // Touched by the appending thread alone.
    private LogRewrite? _rewrite;

    // One fsync at a time.
    private readonly Lock _syncing = new();

    // Written under _syncing.
    private Cursor _synced;
    private long _syncedPosition;
    private volatile bool _mustRewrite;
    private readonly LogDoubt _doubt = new();

    /// <param name="ring">Where bytes are read again after a failed fsync.</param>
    /// <param name="files">The files.</param>
    /// <param name="begin">Behind the newest event that they hold: it counts as being on the device.</param>
    /// <param name="append">Appends what is written again.</param>
    /// <param name="reached">How far the last append came, also where it failed.</param>
    public LogDevice(EventRing ring, LogFiles files, Cursor begin, LogAppend append, Func<Cursor> reached)
    {
        _ring = ring;
        _files = files;
        _append = append;
        _reached = reached;
        _synced = _begin = begin;
        _syncedPosition = begin.Position;
        Generation = files.Index.Stretches.Select(stretch => stretch.Generation).DefaultIfEmpty().Max();
    }

    /// <summary>Position below which everything is on the device.</summary>
    public long Synced => Volatile.Read(ref _syncedPosition);

    /// <summary>Behind the newest event that is on the device.</summary>
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

    /// <summary>Behind the newest event whose fate is known or counted as in doubt.</summary>
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

    /// <summary>Whether an fsync failed and what it was for is not written again yet.</summary>
    public bool MustRewrite => _mustRewrite;

    /// <summary>Whether what is appended now was written before. For the appending thread.</summary>
    public bool IsRewriting => _rewrite is not null;

    /// <summary>How often what an fsync had failed for was written again, over all writers of the slot. For the appending thread.</summary>
    public int Generation { get; private set; }

    /// <summary>Events whose fate is unknown: an fsync failed and the ring did not hold them any more.</summary>
    public long InDoubt => _doubt.Events;

    /// <summary>Events of earlier writers of the slot whose fate is unknown for the same reason.</summary>
    public long InDoubtBefore
    {
        get => _doubt.Before;
        set
        {
            _doubt.Before = value;
            _ring.InDoubt = value + InDoubt;
        }
    }

    /// <summary>Told of events whose fate became unknown, before <see cref="Synced"/> counts them in. It must not call the log.</summary>
    public Action<long> TellDoubt { get; set; } = _ => { };

    /// <summary>How many events came to be in doubt since this was asked last.</summary>
    public long TakeUntoldDoubt() => _doubt.TakeUntold();

    /// <summary>What a dead writer brought behind a place may not be on the device: it is written again, and none of its files is gone on with.</summary>
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

    /// <summary>What stands in the last file behind what was written could not be taken away: the file is not gone on with.</summary>
    /// <param name="isCurrentClosed">Whether it was appended to: its own fsync may be what failed.</param>
    public void NoteFailedCut(bool isCurrentClosed)
    {
        NoteFailedSync();
        if (isCurrentClosed)
        {
            lock (_syncing)
            {
                MustWriteAgain();
            }
        }
    }

    /// <summary>After a failed fsync: writes what the ring still has into a new file. For the appending thread.</summary>
    /// <param name="upTo">Behind the newest event that was written.</param>
    public void RewriteWhatFailed(Cursor upTo)
    {
        if (_mustRewrite)
        {
            Rewrite(upTo);
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

    private void Rewrite(Cursor upTo)
    {
        lock (_syncing)
        {
            var rewrite = _rewrite ??= BeginRewrite(upTo);
            rewrite.Run(_ring, _append, _reached, RewriteStart);
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
        Generation++;
        var from = RewriteStart(upTo);
        return new LogRewrite(from, upTo, _files.Abandon(from));
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
