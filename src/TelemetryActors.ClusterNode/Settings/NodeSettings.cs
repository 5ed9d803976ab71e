using Akka.Actor;
using TelemetryActors.AkkaNet.Agents;

namespace TelemetryActors.ClusterNode.Settings;

/// <summary>What a node is told from outside, section <c>Cluster</c>. What telemetry does stands in <c>TelemetryActors</c>, what the engine does in HOCON.</summary>
internal sealed record NodeSettings
{
    /// <summary>The name that all nodes' actor systems have.</summary>
    public string SystemName { get; init; } = "telemetry";

    /// <summary>The host or address under which others reach this node.</summary>
    public string HostName { get; init; } = Environment.MachineName;

    /// <summary>The address it listens on.</summary>
    public string BindHost { get; init; } = "0.0.0.0";

    /// <summary>The port it listens on and is reached at.</summary>
    public int Port { get; init; } = ClusterSinkOptions.DefaultPort;

    /// <summary>The nodes that are asked to let this one in, the same list on all; none: this node is alone.</summary>
    public IReadOnlyList<Address> Seeds { get; init; } = [];

    /// <summary>The kind of journal.</summary>
    public JournalProvider Provider { get; init; }

    /// <summary>How to reach it; shown nowhere. Null only for a node alone: a file in its base directory.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>A file of HOCON that wins over the engine settings of the node.</summary>
    public string? EngineSettings { get; init; }

    /// <summary>How often the node tells of its sinks in its log.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether other nodes are meant to be there.</summary>
    public bool IsAlone => Seeds.Count == 0;

    /// <summary>This node as others know it.</summary>
    public Address Self => new("akka.tcp", SystemName, HostName, Port);
}
