using Akka.Actor;
using TelemetryActors;
using TelemetryActors.AkkaNet;
using TelemetryActors.AkkaNet.Agents;

namespace Akka.Hosting;

/// <summary>Lets a service that is a member of the collectors' cluster report through its own actor system.</summary>
public static class TelemetryAgentAkkaHostingExtensions
{
    // Of the phase's time; it is no reason to hold the shutdown that collectors do not answer.
    private const double ReportShare = 0.8;

    /// <summary>Adds the telemetry and its <c>cluster</c> sink: batches go to the runs' actors through a proxy of the service's own system.</summary>
    /// <remarks>
    /// For a service that joins the cluster anyway (<c>WithClustering</c>), under the collectors' system name. Whether a member that is cut off ends is then
    /// the service's own setting; every other program uses <see cref="TelemetryClusterExtensions.AddCluster"/>, which risks nothing of its host's. At the end the
    /// sink reports once more before the cluster's shutdown begins; what is recorded after that waits in the base directory for the next start.
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
                ReportAtTheEnd(system);
                started.SetResult(system);
            });
    }

    // What actors and services said while they ended goes while this member is one still; the telemetry itself is drained when it has left.
    private static void ReportAtTheEnd(ActorSystem system)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        var time = shutdown.Timeout(CoordinatedShutdown.PhaseBeforeClusterShutdown) * ReportShare;
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, "telemetry-reports", async () =>
        {
            await SystemTelemetry.For(system).Client.FlushSinksAsync(time, ClusterSinkRegistration.DefaultName);
            return Done.Instance;
        });
    }
}
