using Akka.Actor;
using Akka.DependencyInjection;
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
    /// Where the host has its own client, that one reports: <c>services.AddTelemetryActors(t => t.RunOnActors().AddClusterOfService())</c>.
    /// </remarks>
    /// <exception cref="InvalidOperationException">At start: the system has no cluster, or the host has a client of its own that does not report to it, or is configured here.</exception>
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

        return builder
            .WithTelemetry((system, resolver) => Begin(system, resolver, configure, cluster))
            .StartActors((system, _) =>
            {
                CollectorsInSight.StartProxy(system);
                ReportAtTheEnd(system);
                ServiceOf(SystemTelemetry.For(system).Client)!.SetResult(system);
            });
    }

    // The host's own client, one of the system's own, or what AddAkkaTelemetryActors has begun with already.
    private static SystemTelemetry Begin(ActorSystem system, IDependencyResolver resolver, Action<TelemetryOptions>? configure, Action<ClusterSinkOptions>? cluster)
    {
        if (CollectorsInSight.WhyNoMember(system) is { } missing)
        {
            throw new InvalidOperationException($"{system.Name} cannot report to a cluster: {missing}.");
        }

        if (resolver.GetService<TelemetryClient>() is not { } hosts)
        {
            return SystemTelemetry.Attach(system, () => TelemetryActorsAkkaHostingExtensions.Start(system, resolver, telemetry =>
            {
                configure?.Invoke(telemetry);
                telemetry.AddClusterOfService(cluster);
            }));
        }

        if (configure is not null || cluster is not null || ServiceOf(hosts) is null)
        {
            throw new InvalidOperationException(
                "This host has a telemetry client of its own, and WithTelemetryAgent reports through it: "
                + "write services.AddTelemetryActors(t => t.RunOnActors().AddClusterOfService()), and configure both there.");
        }

        return system.HasExtension<SystemTelemetry>() ? SystemTelemetry.For(system) : SystemTelemetry.Attach(system, () => hosts);
    }

    private static TaskCompletionSource<ActorSystem>? ServiceOf(TelemetryClient client) => client.Options.Kits.OfType<ClusterKit>().FirstOrDefault()?.OfService;

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
