using TelemetryActors.Supervision;

namespace TelemetryActors.ClusterNode.Reporting;

/// <summary>A node as it sees itself and its cluster.</summary>
internal sealed record NodeStatus
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The node as others know it.</summary>
    public required string Address { get; init; }

    /// <summary>How it stands as a member: joining, up, leaving, exiting, down, removed.</summary>
    public required string Member { get; init; }

    /// <summary>Whether it takes batches: it is up, and its event log is written.</summary>
    public bool IsReady => Member == "up" && Sinks is [{ Circuit.State: CircuitState.Closed }, ..];

    /// <summary>The collectors, each with how it stands.</summary>
    public required IReadOnlyList<(string Address, string Status, bool IsReachable)> Collectors { get; init; }

    /// <summary>Agents that are members.</summary>
    public required int Agents { get; init; }

    /// <summary>Shards that are here.</summary>
    public required int Shards { get; init; }

    /// <summary>Runs that are here, in memory.</summary>
    public required int Runs { get; init; }

    /// <summary>The sinks' supervisors, the event log's first.</summary>
    public required IReadOnlyList<SinkStatus> Sinks { get; init; }
}
