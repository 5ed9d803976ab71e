namespace TelemetryActors.Store;

/// <summary>Which events are asked for, and in which order.</summary>
public sealed record EventQuery
{
    /// <summary>Events of a page unless another number is asked for.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Only events of this run; null for all.</summary>
    public string? RunId { get; init; }

    /// <summary>Only events of this name; null for all.</summary>
    public string? EventName { get; init; }

    /// <summary>Only events that happened then or later; null for all.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether the oldest come first; otherwise the newest.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>Events of the page at the most.</summary>
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>Goes on behind a page in the same order: its <see cref="EventPage.Next"/>; null for the first page.</summary>
    public string? After { get; init; }
}
