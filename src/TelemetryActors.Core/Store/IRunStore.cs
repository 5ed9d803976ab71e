using TelemetryActors.Runs;

namespace TelemetryActors.Store;

/// <summary>Runs and events where they can be queried: pages in milliseconds, however many there are.</summary>
/// <remarks>
/// Thread-safe. Reads what a sink or a rebuild has stored; the newest events of the log may be missing for a moment. A store that cannot be read
/// now throws an <see cref="System.IO.IOException"/> that names it and the cause.
/// </remarks>
public interface IRunStore : IDisposable
{
    /// <summary>A page of runs, the newest first.</summary>
    RunPage GetRuns(RunQuery query);

    /// <summary>One run with its metrics; null when the store does not know it.</summary>
    RunRecord? FindRun(string runId);

    /// <summary>A page of events.</summary>
    EventPage GetEvents(EventQuery query);

    /// <summary>How many runs there are, and how long they took, by agent, status and day as asked for (S4.11).</summary>
    /// <param name="grouping">What keeps runs apart; none of it counts all together.</param>
    /// <param name="filter">Which runs count; its page is ignored.</param>
    IReadOnlyList<RunCounts> CountRuns(RunGrouping grouping, RunQuery filter);
}
