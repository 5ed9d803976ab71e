using TelemetryActors.Pipeline;

namespace TelemetryActors.Log;

/// <summary>Counts the events whose fate nobody knows: an fsync failed for them, and the ring did not hold them any more.</summary>
/// <remarks>Not thread-safe; touches no disk.</remarks>
internal sealed class LogDoubt
{
    private Cursor _to;
    private (long From, long To) _neverWritten;
    private long _told;

    /// <summary>Of this writer.</summary>
    public long Events { get; private set; }

    /// <summary>Of earlier writers of the slot.</summary>
    public long Before { get; set; }

    /// <summary>Between these ordinals no file ever had anything: it is lost already, and not in doubt.</summary>
    public void Spare(long from, long to) => _neverWritten = (from, to);

    /// <summary>What lies between the device and a place is not to be had any more; what was counted already counts once.</summary>
    /// <returns>How many events are in doubt now and were not before.</returns>
    public long Count(Cursor synced, Cursor to)
    {
        var from = Math.Max(synced.Ordinal, _to.Ordinal);
        var overwritten = Math.Max(Math.Min(to.Ordinal, _neverWritten.To) - Math.Max(from, _neverWritten.From), 0);
        if (to.Ordinal - from - overwritten is not (> 0 and var events))
        {
            return 0;
        }

        Events += events;
        _to = to;
        return events;
    }

    /// <summary>How many came to be in doubt since this was asked last.</summary>
    public long TakeUntold()
    {
        var untold = Events - _told;
        _told = Events;
        return untold;
    }

    /// <summary>Behind the newest event whose fate is known or counted here, so that the next writer does not count it again.</summary>
    public Cursor SettledFrom(Cursor synced) => synced.Position >= _to.Position ? synced : _to;
}
