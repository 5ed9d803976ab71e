using TelemetryActors.AkkaNet.Agents;

namespace TelemetryActors;

/// <summary>Adds the way to a cluster of collectors to a client's options.</summary>
public static class TelemetryClusterExtensions
{
    /// <summary>Reports to a cluster of collectors, once a seed is named here or in the setting <c>sinks.cluster.seeds</c>.</summary>
    /// <remarks>For any program, with actors or without: the sink joins the cluster with an actor system of its own.</remarks>
    public static TelemetryOptions AddCluster(this TelemetryOptions options, Action<ClusterSinkOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Kits.OfType<ClusterKit>().Any())
        {
            options.Kits.Add(new ClusterKit(new ClusterSinkOptions()));
        }

        configure?.Invoke(options.Kit<ClusterKit>().Options);
        return options;
    }
}
