using TelemetryActors.Pipeline;

namespace TelemetryActors.Slots;

/// <summary>Consecutive events of a stream that were recorded under <c>DO_NOT_TRACK</c>.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="From">The first one's ordinal.</param>
/// <param name="To">The ordinal behind the last one; null while the stretch has no end.</param>
internal sealed record UntrackedStretch(StreamId Stream, long From, long? To)
{
    /// <summary>Whether the event behind a cursor is one of them.</summary>
    public bool Has(Cursor before) => Stream == before.Stream && before.Ordinal >= From && !(before.Ordinal >= To);
}
