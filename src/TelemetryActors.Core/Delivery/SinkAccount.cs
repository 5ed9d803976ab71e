using TelemetryActors.Events;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>A sink's cursor in one writer slot and what became of every event before it.</summary>
/// <remarks>
/// One record, replaced as a whole, so that cursor and counts can never disagree. At any time
/// accepted = delivered + pending + dropped + dead-lettered; <see cref="IsBalanced"/> is the one place that says so.
/// </remarks>
public readonly record struct SinkAccount
{
    private readonly DropCounts? _dropped;

    /// <summary>The writer slot.</summary>
    public int Slot { get; init; }

    /// <summary>Behind the last event that is settled.</summary>
    public Cursor Cursor { get; init; }

    /// <summary>Behind the newest event that was seen in the slot.</summary>
    public Cursor Tail { get; init; }

    /// <summary>The ordinal from which this stream's events count for this sink.</summary>
    public long AcceptedFrom { get; init; }

    /// <summary>Accepted events of streams that this slot had before.</summary>
    public long Carried { get; init; }

    /// <summary>Events that a replay put in front of the cursor again; each counts as accepted once more.</summary>
    public long Replayed { get; init; }

    /// <summary>Events the sink took.</summary>
    public long Delivered { get; init; }

    /// <summary>Events the sink refused for good.</summary>
    public long DeadLettered { get; init; }

    /// <summary>Events that were given up, by reason.</summary>
    public DropCounts Dropped
    {
        get => _dropped ?? DropCounts.None;
        init => _dropped = value;
    }

    /// <summary>Events between the cursor and the tail.</summary>
    public long Pending => HasStream ? Math.Max(0, Tail.Ordinal - Cursor.Ordinal) : Tail.Ordinal;

    /// <summary>Bytes between the cursor and the tail, without the gaps between them that are known.</summary>
    public long PendingBytes
    {
        get
        {
            var from = HasStream ? Cursor.Position : 0;
            var bytes = Tail.Position - from;
            foreach (var gap in Gaps ?? [])
            {
                bytes -= Math.Max(0, Math.Min(gap.To, Tail.Position) - Math.Max(gap.From, from));
            }

            return Math.Max(0, bytes);
        }
    }

    /// <summary>Events that were accepted for this sink.</summary>
    public long Accepted => Carried + Replayed + Pending + (HasStream ? Cursor.Ordinal - AcceptedFrom : 0);

    /// <summary>Whether every accepted event is exactly one of delivered, pending, dropped, dead-lettered.</summary>
    public bool IsBalanced => Accepted == Delivered + Pending + Dropped.Total + DeadLettered;

    // What a sink that keeps this account itself has counted as given up, where that is less; not kept.
    internal DropCounts? Told { get; init; }

    // As the tail was last seen with; not kept.
    private IReadOnlyList<PositionGap>? Gaps { get; init; }

    // Before the first read the cursor belongs to no stream: where the oldest event stands is not known yet.
    private bool HasStream => Cursor.Stream == Tail.Stream;

    /// <summary>A slot that is read from a cursor on.</summary>
    public static SinkAccount StartAt(int slot, Cursor cursor) => new() { Slot = slot, Cursor = cursor, Tail = cursor, AcceptedFrom = cursor.Ordinal };

    /// <summary>A slot that is read from its oldest event on, wherever that stands.</summary>
    public static SinkAccount StartAtOldest(int slot) => new() { Slot = slot };

    /// <summary>The slot's tail has moved. A tail of another stream ends the old one: what it still held is in doubt.</summary>
    /// <param name="tail">Behind the newest event.</param>
    /// <param name="gaps">Positions before it at which nothing stands, none of which overlap.</param>
    public SinkAccount SeeTail(Cursor tail, IReadOnlyList<PositionGap>? gaps = null) => (tail.Stream == Cursor.Stream ? this : EndStream()) with { Tail = tail, Gaps = gaps };

    /// <summary>A read began at another place than the cursor: events between are gone.</summary>
    public SinkAccount BeginAt(Cursor start, DropReason goneReason)
    {
        if (start.Stream != Cursor.Stream)
        {
            return EndStream() with { Cursor = start, AcceptedFrom = start.Ordinal, Tail = Tail.Stream == start.Stream ? Tail : start };
        }

        var gone = start.Ordinal - Cursor.Ordinal;
        return gone >= 0
            ? this with { Cursor = start, Dropped = Dropped.Plus(goneReason == DropReason.None ? DropReason.InDoubt : goneReason, gone) }
            : this with { Cursor = start, Carried = Carried - gone };
    }

    /// <summary>The same for a sink that keeps this account itself and was told why events are gone; those that nobody accounts for are in doubt.</summary>
    public SinkAccount BeginAt(Cursor start, DropCounts gone)
    {
        if (start.Stream != Cursor.Stream)
        {
            // What the old stream still held was never seen here: it is accepted and given up in one step.
            var begun = BeginAt(start, DropReason.InDoubt);
            return begun with { Carried = begun.Carried + gone.Total, Dropped = begun.Dropped.Plus(gone) };
        }

        var unknown = start.Ordinal - Cursor.Ordinal - gone.Total;
        return unknown >= 0
            ? this with { Cursor = start, Dropped = Dropped.Plus(gone).Plus(DropReason.InDoubt, unknown) }
            : BeginAt(start, DropReason.InDoubt);
    }

    /// <summary>The sink took the events up to a cursor.</summary>
    public SinkAccount Deliver(Cursor end) => this with { Cursor = end, Delivered = Delivered + end.Ordinal - Cursor.Ordinal };

    /// <summary>The events up to a cursor are given up.</summary>
    public SinkAccount Drop(Cursor end, DropReason reason) => this with { Cursor = end, Dropped = Dropped.Plus(reason, end.Ordinal - Cursor.Ordinal) };

    /// <summary>The events up to a cursor are settled: some refused for good, some not let through, the rest delivered.</summary>
    public SinkAccount Settle(Cursor end, int deadLettered, DropCounts dropped) => this with
    {
        Cursor = end,
        DeadLettered = DeadLettered + deadLettered,
        Dropped = Dropped.Plus(dropped),
        Delivered = Delivered + end.Ordinal - Cursor.Ordinal - deadLettered - dropped.Total,
    };

    /// <summary>Sets the cursor back (replay) or forward (skip) within its stream.</summary>
    public SinkAccount MoveTo(Cursor cursor)
    {
        var back = Cursor.Ordinal - cursor.Ordinal;
        return back >= 0 ? this with { Cursor = cursor, Replayed = Replayed + back } : Drop(cursor, DropReason.Skipped);
    }

    private SinkAccount EndStream() => Cursor.Stream == StreamId.None ? this : this with
    {
        Carried = Carried + Pending + Cursor.Ordinal - AcceptedFrom,
        Dropped = Dropped.Plus(DropReason.InDoubt, Pending),
        Cursor = default,
        AcceptedFrom = 0,
    };
}
