namespace TelemetryActors.Runs;

/// <summary>What is known of a run at one place of the log (S4.10); enough to go on from there.</summary>
public sealed record RunRecord
{
    /// <summary>The run's id, as its lines name it.</summary>
    public required string RunId { get; init; }

    /// <summary>The agent's name; null when no line told it.</summary>
    public string? AgentName { get; init; }

    /// <summary>The kind of work; null when the start is unknown.</summary>
    public string? JobType { get; init; }

    /// <summary>How the run stands.</summary>
    public RunStatus Status { get; init; }

    /// <summary>When it began; null when its start is unknown.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Milliseconds it took, never negative; null while it runs, and when neither clock tells.</summary>
    public double? DurationMs { get; init; }

    /// <summary>Its metrics.</summary>
    public IReadOnlyDictionary<string, MetricValue> Metrics { get; init; } = new Dictionary<string, MetricValue>();

    /// <summary>What went in, in words.</summary>
    public string? InputSummary { get; init; }

    /// <summary>What came out, in words.</summary>
    public string? OutputSummary { get; init; }

    /// <summary>What went wrong, in words.</summary>
    public string? ErrorSummary { get; init; }

    /// <summary>Those of <see cref="RunEvents.Labels"/> that were told.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Lines of the run, its start and end included, repeated ones not.</summary>
    public long EventCount { get; init; }

    /// <summary>Lines that came a second time.</summary>
    public long DuplicateCount { get; init; }

    /// <summary>Ends that came after the end, or could not be read, and changed nothing.</summary>
    public long IgnoredEndCount { get; init; }

    /// <summary>The highest number of a line in the run; null when no line told one.</summary>
    public long? LastSequence { get; init; }

    /// <summary>The ids of its last lines without a number, oldest first: by them a line that comes a second time is known. Behind them the numbers below the highest that have not come, as <c>gap:1-20</c>.</summary>
    public IReadOnlyList<string> UnnumberedIds { get; init; } = [];

    /// <summary>When the run was last heard of: the time a collector took its last line, else that line's own.</summary>
    public DateTimeOffset LastHeardOf { get; init; }
}
