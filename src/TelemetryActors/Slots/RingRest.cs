using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>The events of a ring that are not in the log yet. Looked at, not taken: nothing changes.</summary>
/// <param name="From">Where they begin.</param>
/// <param name="To">Behind the newest.</param>
/// <param name="Gone">Events between the log's end and them: in neither.</param>
/// <param name="IsOverrun">Whether the ring was written over beyond what the log has.</param>
/// <param name="InDoubt">Events that failed fsyncs have left in doubt, as the ring counts them.</param>
internal readonly record struct RingRest(Cursor From, Cursor To, long Gone, bool IsOverrun, long InDoubt)
{
    public long Events => To.Ordinal - From.Ordinal;

    public long Bytes => To.Position - From.Position;

    /// <summary>Events right before them that were overwritten before the log had them.</summary>
    public long Overwritten => IsOverrun ? Gone : 0;

    /// <summary>Of a ring that nobody records to any more, against what the log's files hold.</summary>
    /// <param name="ring">The ring.</param>
    /// <param name="logEnd">Behind the newest event of the files.</param>
    /// <param name="folder">Where they are.</param>
    /// <param name="furthest">The stretch that ends there, to be compared with the ring; null when no disk may be touched.</param>
    public static RingRest Of(EventRing ring, Cursor logEnd, LogFolder folder, LogStretch? furthest)
    {
        var tail = ring.Tail;
        var isEdited = logEnd.Position > tail.Position || new LogEnd(logEnd.Position, folder, furthest).IsEdited(ring);
        var from = RingReader.TryLocate(ring, isEdited ? ring.Head : logEnd.Position) ?? RingReader.Oldest(ring);
        return new RingRest(from, tail, Math.Max(from.Ordinal - logEnd.Ordinal, 0), ring.Floor > ring.Head, ring.InDoubt);
    }

    /// <summary>What will be said of the events that are in neither; null when nothing explains them.</summary>
    /// <param name="untold">What the slot's state says of what is missing behind its end.</param>
    public LogGap? Gap(LogGap? untold) => Gone == 0 ? null : IsOverrun ? new LogGap(DropReason.Overwritten, Gone) : untold;
}
