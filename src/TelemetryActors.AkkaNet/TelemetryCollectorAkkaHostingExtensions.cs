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
    /// any run of the cluster. All collectors need one journal: <c>hocon/reference.conf</c>, <c>telemetryactors.journal</c>.
    /// </remarks>
    /// <param name="builder">The system's builder.</param>
    public static AkkaConfigurationBuilder WithTelemetryCollector(this AkkaConfigurationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.StartActors((system, registry) => registry.Register<RunsKey>(RunRegion.Start(system, SystemTelemetry.For(system)), overwrite: true));
    }
}
