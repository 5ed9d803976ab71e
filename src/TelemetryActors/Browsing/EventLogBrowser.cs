using TelemetryActors.Encoding;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Looks at the event log from outside: the files of all writer slots as one list of events, merged by time.</summary>
/// <remarks>
/// Reads files alone, whatever stream they belong to, in memory that does not grow with them. Within a slot the log's order stays; between slots
/// the earlier timestamp goes first. An id among the slot's last <see cref="RecentIds.Window"/> is not shown a second time.
/// </remarks>
internal sealed class EventLogBrowser(IFileSystem files, LogSnapshot snapshot)
{
    /// <summary>Lines met so far that are no events.</summary>
    public long GarbageLines { get; private set; }

    /// <summary>The newest wanted events, oldest first; reads from the end and no further than it must.</summary>
    public IReadOnlyList<EventLine> Last(EventFilter filter, int count)
    {
        List<EventLine> found = [];
        foreach (var line in count > 0 ? Merge(filter, backwards: true) : [])
        {
            // The reader's buffer moves on; what is kept has bytes of its own.
            found.Add(EventLine.TryParse(line.Bytes.ToArray(), out var copy, out _) ? copy : line);
            if (found.Count >= count)
            {
                break;
            }
        }

        found.Reverse();
        return found;
    }

    /// <summary>All wanted events from the oldest on; each is valid until the next is asked for.</summary>
    public IEnumerable<EventLine> All(EventFilter filter) => Merge(filter, backwards: false);

    private IEnumerable<EventLine> Merge(EventFilter filter, bool backwards)
    {
        var slots = snapshot.Slots.Select(parts => new SlotLines(files, parts, filter, backwards)).ToList();
        try
        {
            var live = slots.Where(slot => slot.MoveNext()).ToList();
            while (live.Count > 0)
            {
                var next = live[0];
                for (var i = 1; i < live.Count; i++)
                {
                    var isBefore = backwards
                        ? live[i].Current.Timestamp > next.Current.Timestamp
                        : live[i].Current.Timestamp < next.Current.Timestamp;
                    next = isBefore ? live[i] : next;
                }

                yield return next.Current;
                if (!next.MoveNext())
                {
                    live.Remove(next);
                }
            }
        }
        finally
        {
            foreach (var slot in slots)
            {
                GarbageLines += slot.GarbageLines;
                slot.Dispose();
            }
        }
    }
}
