using TelemetryActors.Log;

namespace TelemetryActors.Browsing;

/// <summary>Counts what the stretches of a slot's files hold against what they were written with. For one reader, file by file, line by line.</summary>
internal sealed class DamageTally(SlotLog log)
{
    private readonly List<(LogDamage Damage, List<MissedIds> Missed)> _found = [];
    private string _path = "";
    private Queue<LogStretch> _stretches = new();
    private long _events;
    private long _eventsBefore;
    private long _offset;
    private long _lines;
    private long _bytes;
    private List<MissedIds> _missed = [];

    /// <summary>Lines that are no events, in all files so far.</summary>
    public long Lines { get; private set; }

    /// <summary>What was found, in the order of reading; complete behind the last file.</summary>
    /// <param name="count">How many events such ids tell of, which only the whole log can say.</param>
    public IReadOnlyList<LogDamage> Found(Func<MissedIds, long> count) => [.. _found.Select(found => found.Damage with { Ids = found.Missed.Sum(count) })];

    public void BeginFile(LogPart part)
    {
        EndFile();
        _path = part.Path;
        _stretches = new(log.Files.Index.Stretches.Where(stretch => !stretch.IsGone && stretch.File == part.Name.ToString()).OrderBy(stretch => stretch.Offset));
    }

    /// <summary>The next line, which is no anchor.</summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="end">Behind it.</param>
    /// <param name="isEvent">Whether it is an event.</param>
    public void Take(long offset, long end, bool isEvent)
    {
        Lines += isEvent ? 0 : 1;
        while (_stretches.TryPeek(out var passed) && offset >= passed.EndOffset)
        {
            EndStretch();
        }

        if (!_stretches.TryPeek(out var stretch) || offset < stretch.Offset)
        {
            // Behind what was written, or in front of it: of no position.
            return;
        }

        if (isEvent)
        {
            _events++;
            return;
        }

        (_offset, _eventsBefore) = _lines == 0 ? (offset, _events) : (_offset, _eventsBefore);
        _lines++;
        _bytes += end - offset;
    }

    /// <summary>Ids are missing between two events with such lines between them.</summary>
    public void Miss(MissedIds ids)
    {
        if (_lines > 0)
        {
            _missed.Add(ids);
        }
        else if (_found.Count > 0)
        {
            _found[^1].Missed.Add(ids);
        }
    }

    public void EndFile()
    {
        while (_stretches.Count > 0)
        {
            EndStretch();
        }
    }

    private void EndStretch()
    {
        var stretch = _stretches.Dequeue();
        var lost = Math.Max(stretch.Count - _events, 0);
        if (_lines > 0 || lost > 0)
        {
            var (offset, before) = _lines > 0 ? (_offset, _eventsBefore) : (stretch.Offset, 0);
            var place = stretch.Start with { Position = stretch.Start.Position + offset - stretch.Offset, Ordinal = stretch.Start.Ordinal + before };
            var isHeldElsewhere = log.Files.Index.Find(place.Position) is { } holder && holder.Stretch != stretch;
            _found.Add((new LogDamage(stretch, _path, offset, _lines, _bytes, place, isHeldElsewhere ? 0 : lost, Ids: 0), _missed));
        }

        _events = _lines = _bytes = 0;
        _missed = [];
    }
}
