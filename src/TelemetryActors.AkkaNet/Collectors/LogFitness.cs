using TelemetryActors.Supervision;

namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>Decides when a collector whose event log is not written must give its runs to others, and when it may have some again. Not safe for use from several threads.</summary>
/// <remarks>A disk that takes nothing for a moment is the log's own affair; one that goes on with it would hold up every agent that has a run here.</remarks>
internal sealed class LogFitness
{
    /// <summary>How long the log's circuit may be open.</summary>
    public static readonly TimeSpan LongestOpen = TimeSpan.FromSeconds(10);

    /// <summary>How long events may wait of which none is written, though nothing has failed: a disk that does not answer.</summary>
    public static readonly TimeSpan LongestStill = TimeSpan.FromSeconds(60);

    /// <summary>How long the log must have been written without a fault before a member that gave its runs to others takes some again: nobody is served by one that comes and goes.</summary>
    public static readonly TimeSpan LeastWell = TimeSpan.FromSeconds(30);

    private TimeSpan? _wellSince;
    private TimeSpan? _openSince;
    private TimeSpan? _stillSince;
    private long _delivered;

    /// <summary>Takes note of how the log is.</summary>
    /// <param name="log">The event log's supervisor, as it is now.</param>
    /// <param name="now">The time on a clock that never jumps.</param>
    /// <param name="whyShut">Why nothing is recorded, as telemetry is switched off; null while it is on.</param>
    /// <returns>Why it is to give them away; null while it is not.</returns>
    public string? Look(SinkStatus log, TimeSpan now, string? whyShut = null)
    {
        _openSince = log.Circuit.State == CircuitState.Closed ? null : _openSince ?? now;
        _stillSince = log.Pending == 0 || log.Delivered != _delivered ? null : _stillSince ?? now;
        _delivered = log.Delivered;

        // What hangs has not failed yet: its circuit is closed all the while.
        _wellSince = whyShut is null && _openSince is null && !(now - _stillSince >= LongestOpen) ? _wellSince ?? now : null;
        return whyShut is not null ? $"telemetry is switched off ({whyShut}), and it would refuse what it is sent"
            : now - _openSince >= LongestOpen ? $"it has not been written for {LongestOpen.TotalSeconds:0} s: {log.Circuit.Cause ?? log.LastError}"
            : now - _stillSince >= LongestStill ? $"nothing of what waits was written for {LongestStill.TotalSeconds:0} s: the disk does not answer"
            : null;
    }

    /// <summary>Whether it was written without a fault for long enough.</summary>
    public bool IsWell(TimeSpan now) => now - _wellSince >= LeastWell;
}
