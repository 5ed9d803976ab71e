using TelemetryActors.Pipeline;

namespace TelemetryActors.Log;

/// <summary>The gaps of a slot's positions, worked out again when its index has changed or its ring has left the log behind.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class KnownGaps
{
    private Answer _last = new(LogIndex.Empty, 0, null);

    /// <inheritdoc cref="LogIndex.Gaps" />
    public IReadOnlyList<PositionGap>? Of(LogIndex index, long ring = 0)
    {
        // Files only grow at the end: as long as they reach the ring, nothing is between the two.
        var behind = ring > (index.Furthest?.EndPosition ?? 0) ? ring : 0;
        var last = Volatile.Read(ref _last);
        if (!ReferenceEquals(last.Index, index) || last.Ring != behind)
        {
            last = new Answer(index, behind, index.Gaps(behind));
            Volatile.Write(ref _last, last);
        }

        return last.Gaps;
    }

    private sealed record Answer(LogIndex Index, long Ring, IReadOnlyList<PositionGap>? Gaps);
}
