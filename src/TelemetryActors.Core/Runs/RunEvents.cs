namespace TelemetryActors.Runs;

/// <summary>The lines that a run leaves in the log beside the events recorded in it, and the keys of their details.</summary>
public static class RunEvents
{
    /// <summary>A run begins; details hold <see cref="AgentName"/>, <see cref="JobType"/> and any of <see cref="Labels"/>.</summary>
    public const string Start = "run_start";

    /// <summary>Metrics changed; details hold <see cref="Metrics"/> with their values so far, so that repeating the line is harmless.</summary>
    public const string MetricsChanged = "run_metrics";

    /// <summary>
    /// A run ends; details hold all that is to be said of it: agent, kind, <see cref="StartTime"/>, labels, <see cref="Status"/>, <see cref="DurationMs"/>,
    /// <see cref="Metrics"/> and the summaries.
    /// </summary>
    public const string End = "run_end";

    /// <summary>A run is tied to a git commit (U.1): details hold <see cref="CommitHash"/> and any other of the <c>git_</c> labels. Before, during or after the run.</summary>
    public const string Commit = "run_commit";

    /// <summary>The label that names a run's git commit.</summary>
    public const string CommitHash = "git_commit_hash";

    /// <summary>The agent's name as it was given.</summary>
    public const string AgentName = "agent_name";

    /// <summary>What kind of work the run is.</summary>
    public const string JobType = "job_type";

    /// <summary>When the run began, at its end again: whoever reads the end need not find the start.</summary>
    public const string StartTime = "start_time";

    /// <summary>A word for <see cref="RunStatus"/>.</summary>
    public const string Status = "status";

    /// <summary>Milliseconds on the monotonic clock of the process that ran it.</summary>
    public const string DurationMs = "duration_ms";

    /// <summary>An object of numbers and texts.</summary>
    public const string Metrics = "metrics";

    /// <summary>What went in, in words.</summary>
    public const string InputSummary = "input_summary";

    /// <summary>What came out, in words.</summary>
    public const string OutputSummary = "output_summary";

    /// <summary>What went wrong, in words.</summary>
    public const string ErrorSummary = "error_summary";

    /// <summary>The labels that say which commit it is and what it is like: another commit takes all of them along.</summary>
    internal static IReadOnlyList<string> CommitLabels { get; } = ["git_repo", "git_branch", CommitHash, "git_commit_source", "git_commit_author", "git_commit_timestamp"];

    /// <summary>The further texts that a start or end may carry: who owns the run, what began it, what it is about (U.1).</summary>
    public static IReadOnlyList<string> Labels { get; } =
    [
        "agent_owner", "trigger_type", "insight_id", "product", "platform", "product_family", "subdomain",
        "website", "website_section", "item_name", "git_repo", "git_branch", "git_run_tag",
        "git_commit_hash", "git_commit_source", "git_commit_author", "git_commit_timestamp", "host", "event_id",
    ];
}
