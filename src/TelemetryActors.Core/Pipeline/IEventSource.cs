namespace TelemetryActors.Pipeline;

/// <summary>One writer slot's stream as its readers see it: what is new from the ring, what is older from the event log.</summary>
/// <remarks>Reads may come from several threads; each uses a buffer of its own. A read never blocks a producer.</remarks>
public interface IEventSource
{
    /// <summary>The writer slot, from 1.</summary>
    int Slot { get; }

    /// <summary>Behind the newest event. Position and ordinal belong together.</summary>
    Cursor Tail { get; }

    /// <summary>Positions before the tail at which nothing stands, ascending; null where there are none, or none are known.</summary>
    IReadOnlyList<PositionGap>? Gaps => null;

    /// <summary>Copies whole events from a cursor on.</summary>
    /// <param name="from">Where to begin; a cursor of another stream, or one whose events are gone, begins at the oldest event that is left.</param>
    /// <param name="maxEvents">Events to read at the most; at least one.</param>
    /// <param name="buffer">Takes the bytes. An event larger than it is never split: a buffer holds at least the largest event (64 KiB).</param>
    /// <returns>What was read; no bytes when the cursor is at the tail.</returns>
    /// <exception cref="System.IO.IOException">The event log could not be read now. The cursor stays; read again later.</exception>
    EventRead Read(Cursor from, int maxEvents, Span<byte> buffer);
}
