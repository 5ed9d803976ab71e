using Akka.Actor;
using TelemetryActors;
using TelemetryActors.AkkaNet.Agents;

namespace Akka.Hosting;

/// <summary>Lets a service that is a member of the collectors' cluster report through its own actor system.</summary>
public static class TelemetryAgentAkkaHostingExtensions
{
    /// <summary>Adds the telemetry and its <c>cluster</c> sink: batches go to the runs' actors through a proxy of the service's own system.</summary>
    /// <remarks>
    /// For a service that joins the cluster anyway (<c>WithClustering</c>), under the collectors' system name. Whether a member that is cut off ends is then
    /// the service's own setting; every other program uses <see cref="TelemetryClusterExtensions.AddCluster"/>, which risks nothing of its host's.
    /// </remarks>
    /// <param name="builder">The system's builder.</param>
    /// <param name="configure">Changes what the telemetry does; null leaves the recommended defaults.</param>
    /// <param name="cluster">Changes how the sink is fed and how its failures are met; its seeds and addresses are the service's own settings.</param>
    public static AkkaConfigurationBuilder WithTelemetryAgent(
        this AkkaConfigurationBuilder builder, Action<TelemetryOptions>? configure = null, Action<ClusterSinkOptions>? cluster = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new ClusterSinkOptions();
        cluster?.Invoke(options);
        var faults = ClusterSinkOptionsFaults.Of(options).ToList();
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join("\n", faults), nameof(cluster));
        }

        var started = new TaskCompletionSource<ActorSystem>(TaskCreationOptions.RunContinuationsAsynchronously);
        return builder
            .WithTelemetryActors(telemetry =>
            {
                configure?.Invoke(telemetry);
                telemetry.Sinks.Add(ClusterSinkRegistration.Define(options, () => new ServiceRegion(started.Task)));
            })
            .StartActors((system, _) =>
            {
                CollectorsInSight.StartProxy(system);
                started.SetResult(system);
            });
    }
}
