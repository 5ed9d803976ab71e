using TelemetryActors.Encoding;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>What comes to the event log behind a snapshot: in the same files, in new ones of a new day or size, in those of new slots.</summary>
/// <remarks>For one reader.</remarks>
internal sealed class LogFollower
{
    private readonly IFileSystem _files;
    private readonly string _baseDirectory;
    private readonly string? _fixedFile;
    private readonly Action<UnreadablePart>? _onUnreadable;
    private readonly HashSet<string> _told;
    private readonly Dictionary<string, (LogPart Part, long To)> _readTo = new(StringComparer.Ordinal);
    private readonly Dictionary<int, RecentIds> _ids = [];

    /// <param name="files">Where the log is.</param>
    /// <param name="baseDirectory">Its base directory.</param>
    /// <param name="seen">What is known already; its lines are not read again.</param>
    /// <param name="fixedFile">The fixed log file, if there is one.</param>
    /// <param name="onUnreadable">Told once of each file that cannot be read and that <paramref name="seen"/> did not tell of.</param>
    public LogFollower(IFileSystem files, string baseDirectory, LogSnapshot seen, string? fixedFile = null, Action<UnreadablePart>? onUnreadable = null)
    {
        _onUnreadable = onUnreadable;
        _told = new HashSet<string>(seen.Unreadable.Select(part => part.Path), StringComparer.Ordinal);
        _files = files;
        _baseDirectory = baseDirectory;
        _fixedFile = fixedFile;
        foreach (var part in seen.Parts)
        {
            _readTo[part.Path] = (part, WholeLines(part));
        }
    }

    /// <summary>The wanted events that came since the last look, merged by time.</summary>
    public IReadOnlyList<EventLine> Look(EventFilter filter)
    {
        List<EventLine> found = [];
        var snapshot = LogSnapshot.Take(_files, _baseDirectory, _fixedFile);
        foreach (var unreadable in snapshot.Unreadable)
        {
            Tell(unreadable);
        }

        var slots = snapshot.Slots;
        foreach (var part in slots.SelectMany(parts => parts))
        {
            Read(part, filter, found);
        }

        return slots.Count > 1 ? [.. found.OrderBy(line => line.Timestamp)] : found;
    }

    private void Read(LogPart part, EventFilter filter, List<EventLine> found)
    {
        // Of a file that someone cut or made anew all is new.
        var from = _readTo.TryGetValue(part.Path, out var known) && part.IsSameFile(known.Part) && part.Length >= known.To ? known.To : 0;
        if (part.Length == from || TryOpen(part.Path) is not { } file)
        {
            return;
        }

        if (!_ids.TryGetValue(part.Name.Slot, out var ids))
        {
            _ids[part.Name.Slot] = ids = new RecentIds();
        }

        using var reader = new ForwardLineReader(file, from, part.Length);
        while (reader.TryRead(out var bytes))
        {
            if (filter.Judge(bytes.ToArray(), out var line) == LineVerdict.Wanted && ids.TryAdd(line.Id))
            {
                found.Add(line);
            }
        }

        _readTo[part.Path] = (part, reader.Offset);
    }

    // The snapshot may end within a line that was being written.
    private long WholeLines(LogPart part)
    {
        if (TryOpen(part.Path) is not { } file)
        {
            return 0;
        }

        using (file)
        {
            var tail = new byte[64 * 1024];
            for (var end = part.Length; end > 0;)
            {
                var from = Math.Max(end - tail.Length, 0);
                var read = file.Read(tail.AsSpan(0, (int)(end - from)), from);
                var feed = tail.AsSpan(0, read).LastIndexOf((byte)'\n');
                if (feed >= 0)
                {
                    return from + feed + 1;
                }

                end = from;
            }
        }

        return 0;
    }

    private IStorageFile? TryOpen(string path)
    {
        try
        {
            return _files.OpenPlain(path, writable: false);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Swapped for what is no file, or closed to us, since it was listed.
            Tell(new UnreadablePart(path, exception.Message));
            return null;
        }
    }

    private void Tell(UnreadablePart unreadable)
    {
        if (_told.Add(unreadable.Path))
        {
            _onUnreadable?.Invoke(unreadable);
        }
    }
}
