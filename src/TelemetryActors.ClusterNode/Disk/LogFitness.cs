using TelemetryActors.Supervision;

namespace TelemetryActors.ClusterNode.Disk;

/// <summary>Decides when a node whose event log is not written must give its runs to others. Not safe for use from several threads.</summary>
/// <remarks>A disk that takes nothing for a moment is the log's own affair; one that goes on with it would hold up every agent that has a run here.</remarks>
internal sealed class LogFitness
{
    /// <summary>How long the log's circuit may be open.</summary>
    public static readonly TimeSpan LongestOpen = TimeSpan.FromSeconds(10);

    /// <summary>How long events may wait of which none is written, though nothing has failed: a disk that does not answer.</summary>
    public static readonly TimeSpan LongestStill = TimeSpan.FromSeconds(60);

    private TimeSpan? _openSince;
    private TimeSpan? _stillSince;
    private long _delivered;

    /// <summary>Takes note of how the log is.</summary>
    /// <param name="log">The event log's supervisor, as it is now.</param>
    /// <param name="now">The time on a clock that never jumps.</param>
    /// <returns>Why the node is to leave; null while it is not.</returns>
    public string? Look(SinkStatus log, TimeSpan now)
    {
        _openSince = log.Circuit.State == CircuitState.Closed ? null : _openSince ?? now;
        _stillSince = log.Pending == 0 || log.Delivered != _delivered ? null : _stillSince ?? now;
        _delivered = log.Delivered;
        return now - _openSince >= LongestOpen ? $"it has not been written for {LongestOpen.TotalSeconds:0} s: {log.Circuit.Cause ?? log.LastError}"
            : now - _stillSince >= LongestStill ? $"nothing of what waits was written for {LongestStill.TotalSeconds:0} s: the disk does not answer"
            : null;
    }
}
