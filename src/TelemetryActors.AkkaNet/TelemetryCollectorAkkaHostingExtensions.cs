using Akka.Actor;
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
    /// <c>hocon/reference.conf</c>, <c>telemetryactors.journal</c>.
    /// </remarks>
    /// <exception cref="InvalidOperationException">At start: the telemetry could not start, the role is missing, or there are other seeds and no shared journal.</exception>
    /// <param name="builder">The system's builder.</param>
    public static AkkaConfigurationBuilder WithTelemetryCollector(this AkkaConfigurationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddHocon(CollectorSettings.Reference, HoconAddMode.Append)
            .StartActors((system, registry) => registry.Register<RunsKey>(Start(system), overwrite: true));
    }

    private static IActorRef Start(ActorSystem system)
    {
        var telemetry = SystemTelemetry.For(system);
        var faults = CollectorSettings.Faults(system).ToList();
        return faults.Count == 0
            ? RunRegion.Start(system, telemetry)
            : throw new InvalidOperationException($"{system.Name} cannot be a collector: {string.Join("; ", faults)}.");
    }
}
