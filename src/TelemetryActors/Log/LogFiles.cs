using TelemetryActors.Pipeline;

namespace TelemetryActors.Log;

/// <summary>The files of one writer slot's log: the one that is appended to, those that wait for their fsync, and those that are too old or too many.</summary>
/// <remarks>For the appending thread; <see cref="Index"/> and <see cref="Unsynced"/> may be read by any. Errors are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</remarks>
internal sealed class LogFiles : IDisposable
{
    private readonly LogFolder _folder;
    private readonly LogOptions _options;
    private readonly LogRetention _retention;
    private readonly HashSet<string> _own = [];
    private readonly Queue<string> _removed = new();
    private LogFile? _current;
    private LogFile? _resumable;
    private volatile LogIndex _index;

    /// <param name="folder">Where the files are.</param>
    /// <param name="options">How they are kept.</param>
    /// <param name="time">The clock; only the UTC date matters.</param>
    /// <param name="index">What is there already.</param>
    /// <param name="continueLast">Whether the last file may be gone on with; false leaves it as it is.</param>
    public LogFiles(LogFolder folder, LogOptions options, TimeProvider time, LogIndex index, bool continueLast)
    {
        _folder = folder;
        _options = options;
        _retention = new LogRetention(options, time);
        _index = index;
        if (continueLast && index.Last is { } last)
        {
            _resumable = LogFile.Resume(folder, last);
        }
    }

    /// <summary>Which file holds which position.</summary>
    public LogIndex Index => _index;

    /// <summary>The files that hold what may not be on the device.</summary>
    public UnsyncedFiles Unsynced { get; } = new();

    /// <summary>The file that takes so many bytes from a place on: the current one while it may, otherwise a new one.</summary>
    /// <param name="now">The time of the write.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="start">The place.</param>
    /// <param name="isRewrite">Whether they were written once already, and their fsync failed.</param>
    public LogFile For(DateTimeOffset now, int bytes, Cursor start, bool isRewrite)
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
            Use(LogFile.Create(_folder, name, isRewrite));
        }

        return _current!;
    }

    /// <summary>Takes a stretch that was begun into the index.</summary>
    public void Add(LogStretch begun) => _index = _index.Add(begun);

    /// <summary>Takes away what stands in the last file behind what was written. Where the disk refuses, the file stays as it is and none goes on with it.</summary>
    /// <param name="isCurrentClosed">Whether the file was appended to: its own fsync may be what failed.</param>
    /// <returns>False when the disk refuses; one that refuses a new file too says so at the first append.</returns>
    public bool TryCut(out bool isCurrentClosed)
    {
        isCurrentClosed = false;
        try
        {
            (_current ?? _resumable)?.Cut();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            DropResumable();
            if (_current is { } current)
            {
                Close(current);
                isCurrentClosed = true;
            }

            return false;
        }
    }

    /// <summary>No file that is there is gone on with.</summary>
    /// <param name="from">From where on everything is written again.</param>
    /// <returns>The files of earlier tries that hold nothing but what is written again: neither what was acknowledged nor what only they have.</returns>
    public IReadOnlyList<LogFile> Abandon(Cursor from)
    {
        _current = null;
        DropResumable();
        return [.. Unsynced.CloseAll().Where(file => file is { IsRewrite: true, WasSynced: false } && !(file.Begin?.Position < from.Position))];
    }

    /// <summary>Deletes files of earlier tries, where their names are still theirs.</summary>
    public void Remove(IReadOnlyList<LogFile> superseded)
    {
        foreach (var file in superseded.Where(file => _folder.Files.Identify(_folder.PathOf(file.Name)) is { } named && named.IsSameFile(file.Identity)))
        {
            _folder.Files.Delete(_folder.PathOf(file.Name));
            _index = _index.Without(file.Name);
            _own.Remove(file.Name);
        }
    }

    /// <summary>Removes the oldest files while there are more bytes, or older ones, than are to be kept.</summary>
    /// <param name="keepState">Writes the state down before a file goes, so that whoever reads beside this process knows why; null when nobody does. While it is false no file goes.</param>
    /// <param name="byAge">Whether old files go as well: not where a process is too young to know whether its clock can be believed.</param>
    public void Retain(Func<bool>? keepState, bool byAge)
    {
        var sizes = _index.Stretches.Where(stretch => !stretch.IsGone).GroupBy(stretch => stretch.File).ToDictionary(group => group.Key, group => group.Max(one => one.EndOffset));
        var total = sizes.Values.Sum();
        foreach (var (name, bytes) in sizes.Where(file => file.Key != _current?.Name).ToList())
        {
            if (total <= _options.RetentionBytes && (!byAge || _own.Contains(name) || !_retention.IsTooOld(name)))
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
        Unsynced.Dispose();
        _current?.Dispose();
        _resumable?.Dispose();
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
        _own.Add(file.Name);
        Unsynced.Add(file);
    }

    private void DropResumable()
    {
        _resumable?.Dispose();
        _resumable = null;
    }

    // A fixed file ends only where retention could not keep its bound otherwise: half of it is what goes first then, and what is left.
    private bool MustRoll(LogFile file, DateTimeOffset now, int bytes) => _options.File is null
        ? file.Label != _folder.NameFor(now).Label || file.EndOffset + bytes > _options.MaxFileBytes
        : file.EndOffset + bytes > _options.RetentionBytes / 2;
}
