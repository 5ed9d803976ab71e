using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using TelemetryActors.AkkaNet;
using TelemetryActors.AkkaNet.Collectors;
using TelemetryActors.AkkaNet.Runs;

namespace Akka.Hosting;

/// <summary>Makes a member of a cluster one of its collectors.</summary>
public static class TelemetryCollectorAkkaHostingExtensions
{
    /// <summary>Hosts runs of all agents: their actors are dealt to the members with the role <c>collector</c>, which this one must have.</summary>
    /// <remarks>
    /// After <c>WithTelemetryActors</c>, in a system with <c>WithClustering</c>. <see cref="IRequiredActor{TActor}"/> of <see cref="RunsKey"/> is then the way to
    /// any run of the cluster. The settings of downing and shards come with it (<c>hocon/collector.conf</c>). All collectors need one journal:
    /// <c>hocon/reference.conf</c>, <c>telemetryactors.journal</c>. While this member's event log cannot be written, its runs are handed over to the others
    /// (<see cref="CollectorOptions.HandsOver"/>); neither the system nor the process ends.
    /// </remarks>
    /// <exception cref="InvalidOperationException">At start: the telemetry could not start or is switched off, there is no cluster, the role is missing, or there are other seeds and no shared journal.</exception>
    /// <param name="builder">The system's builder.</param>
    /// <param name="configure">Changes how runs are hosted; null leaves the recommended defaults.</param>
    public static AkkaConfigurationBuilder WithTelemetryCollector(this AkkaConfigurationBuilder builder, Action<CollectorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new CollectorOptions();
        configure?.Invoke(options);
        return builder.AddHocon(CollectorSettings.Reference, HoconAddMode.Append)

            // Before the system is there: who adds settings to one that runs, while another thread does, may lose those of the other.
            .AddHocon(ClusterSharding.DefaultConfig(), HoconAddMode.Append)
            .AddHocon(ClusterSingletonManager.DefaultConfig(), HoconAddMode.Append)
            .AddHocon(DistributedData.DistributedData.DefaultConfig(), HoconAddMode.Append)
            .StartActors((system, registry) => registry.Register<RunsKey>(Start(system, options), overwrite: true));
    }

    private static IActorRef Start(ActorSystem system, CollectorOptions options)
    {
        var telemetry = SystemTelemetry.For(system);
        var faults = CollectorSettings.Faults(system).ToList();
        if (telemetry.Client.Writer.Admission.WhyShut is { } off)
        {
            faults.Add($"telemetry is switched off ({off}), and it would take its share of the runs and refuse all of them");
        }

        if (faults.Count > 0)
        {
            throw new InvalidOperationException($"{system.Name} cannot be a collector: {string.Join("; ", faults)}.");
        }

        var region = RunRegion.Start(system, telemetry);
        system.ActorOf(LostAgentsActor.Props(TimeProvider.System).WithDispatcher(EngineSettings.Dispatcher), LostAgentsActor.Name);
        return options.HandsOver ? system.ActorOf(CollectorActor.Props(CollectorSite.Of(system, telemetry, region)).WithDispatcher(EngineSettings.Dispatcher), CollectorActor.Name) : region;
    }
}
