using Akka.Actor;
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

    /// <summary>Reports to the collectors' cluster that the service is a member of, through the service's own actor system: for the host's own client beside <c>WithTelemetryAgent</c>.</summary>
    /// <remarks>
    /// <c>services.AddTelemetryActors(t => t.RunOnActors().AddClusterOfService())</c> beside
    /// <c>services.AddAkka("telemetry", akka => akka.WithClustering().WithTelemetryAgent())</c>, without which the sink waits for ever.
    /// </remarks>
    /// <param name="options">The client's options.</param>
    /// <param name="configure">Changes how the sink is fed and how its failures are met; its seeds and addresses are the service's own settings.</param>
    public static TelemetryOptions AddClusterOfService(this TelemetryOptions options, Action<ClusterSinkOptions>? configure = null)
    {
        options.AddCluster(configure);
        options.Kit<ClusterKit>().OfService ??= new TaskCompletionSource<ActorSystem>(TaskCreationOptions.RunContinuationsAsynchronously);
        return options;
    }
}
