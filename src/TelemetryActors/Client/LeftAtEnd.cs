using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Slots;

namespace TelemetryActors.Client;

/// <summary>Accepted events that the event log does not have at the end of a client, and what becomes of them.</summary>
/// <param name="Kept">In a ring that outlives the process: the next start writes them.</param>
/// <param name="Overwritten">Overwritten in the ring while the log could not be written: lost.</param>
/// <param name="InMemory">In this process's memory alone: lost with it.</param>
internal readonly record struct LeftAtEnd(long Kept, long Overwritten, long InMemory)
{
    public long Lost => Overwritten + InMemory;

    /// <summary>Behind the newest event that a slot's files hold: a write that failed may have brought whole events all the same. Reads the files.</summary>
    public static Cursor WrittenTo(WriterSlot slot)
    {
        var known = slot.Log.Written;
        try
        {
            var found = LogRecovery.Recover(slot.Folder).End;
            return found.Stream == known.Stream && found.Position > known.Position ? found : known;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What cannot be looked at is not called written.
            return known;
        }
    }

    /// <summary>Looks at a slot that nothing is recorded to any more, before it is given back.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="written">Behind the newest event that its files hold.</param>
    public static LeftAtEnd Of(WriterSlot slot, Cursor written)
    {
        // Nobody overtakes a reader of a ring that is closed.
        slot.Ring.Overwrites = false;
        var rest = RingRest.Of(slot.Ring, written, slot.Folder, furthest: null);
        var overwritten = slot.Log.Overwritten + rest.Overwritten;
        return slot.Ring.Path is null
            ? new LeftAtEnd(0, overwritten, rest.Events)
            : new LeftAtEnd(rest.Events, overwritten, 0);
    }
}
