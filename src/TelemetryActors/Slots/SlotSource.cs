using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>This process's own stream: the ring for what is new, the event log for what is older, and the oldest event left for who comes too late.</summary>
internal sealed class SlotSource(EventRing ring, EventLog log, LogFolder folder) : IEventSource
{
    // Each turn goes forward; the bound only keeps a ring that is overwritten faster than it is read from holding a reader for ever.
    private const int MaxTurns = 64;

    private readonly KnownGaps _gaps = new();

    public int Slot => folder.Slot;

    public Cursor Tail => ring.Tail;

    // The ring's floor first: what the log takes from there meanwhile makes a gap smaller, never one that is none.
    public IReadOnlyList<PositionGap>? Gaps
    {
        get
        {
            var floor = ring.Floor;
            return _gaps.Of(log.Index, floor);
        }
    }

    public EventRead Read(Cursor from, int maxEvents, Span<byte> buffer)
    {
        var reason = DropReason.None;
        if (from.Stream != ring.Stream)
        {
            from = Oldest();
        }

        for (var turn = 0; turn < MaxTurns; turn++)
        {
            if (RingReader.IsWithinEvent(ring, from.Position) && RingReader.FirstBehind(ring, from.Position) is { } behind)
            {
                // Who comes from a file that was edited stands anywhere, and half a line is no event.
                (from, reason) = (behind, DropReason.Missing);
            }

            if (RingReader.TryRead(ring, from, maxEvents, buffer) is { } recent)
            {
                return recent with { GoneReason = reason == DropReason.None ? recent.GoneReason : reason };
            }

            var index = log.Index;
            if (LogReader.TryRead(folder, index, from, maxEvents, buffer) is not { } older)
            {
                (from, reason) = Skip(index, from);
            }
            else if (older.Bytes > 0)
            {
                return older with { GoneReason = reason == DropReason.None ? older.GoneReason : reason };
            }
            else
            {
                (from, reason) = (older.Start, older.GoneReason);
            }
        }

        return new EventRead(from, from, 0, reason);
    }

    /// <summary>The oldest event that can still be read.</summary>
    public Cursor Oldest()
    {
        var index = log.Index;
        return index.Oldest is { } oldest ? oldest.Start : RingReader.Oldest(ring);
    }

    // Nothing holds the position: on to the next that something holds.
    private (Cursor To, DropReason Reason) Skip(LogIndex index, Cursor from)
    {
        var oldest = RingReader.Oldest(ring);
        var next = index.NextAfter(from.Position);
        var to = next is not null && next.Start.Position < oldest.Position ? next.Start : oldest;
        if (to.Position < from.Position)
        {
            to = ring.Tail;
        }

        // What an anchor says, or the next one will, is the same for every reader; how far it is says something only where they say nothing.
        var reason = from.Position < index.RetainedFrom ? DropReason.BacklogLimit
            : next is { Gap: { } gap } && next.Start.Position <= to.Position ? gap.Reason
            : log.ToldReason(from.Position, to.Position) is { } told ? told
            : to.Position - from.Position >= PositionJump.Step / 2 ? DropReason.InDoubt
            : DropReason.Overwritten;
        return (to, reason);
    }
}
