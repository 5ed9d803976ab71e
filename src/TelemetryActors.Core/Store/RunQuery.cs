using TelemetryActors.Runs;

namespace TelemetryActors.Store;

/// <summary>Which runs are asked for.</summary>
public sealed record RunQuery
{
    /// <summary>Runs of a page unless another number is asked for.</summary>
    public const int DefaultLimit = 50;

    /// <summary>Only runs of this agent; null for all.</summary>
    public string? Agent { get; init; }

    /// <summary>Only runs that stand so; null for all.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>Only runs that began then or later; null for all. A run whose start is unknown began when it was last heard of.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only runs tied to this git commit; null for all.</summary>
    public string? Commit { get; init; }

    /// <summary>Runs of the page at the most.</summary>
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>Goes on behind a page: its <see cref="RunPage.Next"/>; null for the first page.</summary>
    public string? After { get; init; }
}
