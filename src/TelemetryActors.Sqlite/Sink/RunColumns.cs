using TelemetryActors.Runs;

namespace TelemetryActors.Sqlite;

/// <summary>The columns of a run's row that are made from its lines, in the order of the statements.</summary>
internal static class RunColumns
{
    /// <summary>Those that are no labels.</summary>
    public static IReadOnlyList<string> Own { get; } =
    [
        "agent_name", "job_type", "start_time", "end_time", "status", "items_discovered", "items_succeeded", "items_failed", "duration_ms",
        "input_summary", "output_summary", "error_summary", "metrics_json", "began_at", "updated_at", "last_seq",
        "event_count", "duplicate_count", "ignored_end_count", "unnumbered_ids",
    ];

    /// <summary>All of them, the labels of <see cref="RunEvents.Labels"/> at the end.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Own, .. RunEvents.Labels];

    /// <summary>For a SELECT that <see cref="RunRow.Read"/> reads.</summary>
    public static string List { get; } = "run_id, " + string.Join(", ", All);
}
