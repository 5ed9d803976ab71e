using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.SBR;

namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>Akka.NET's split brain resolver as a collector has it, <c>akka.cluster.downing-provider-class</c> in <c>hocon/collector.conf</c>: it measures and decides about collectors alone.</summary>
/// <remarks>Else the death of each agent would put its decision off, and three in a row look like a network that nobody can judge: it would end all. Lost agents are <see cref="LostAgentsActor"/>'s.</remarks>
internal sealed class CollectorDowning(ActorSystem system, Cluster cluster) : IDowningProvider
{
    private readonly SplitBrainResolverProvider _resolver = new(system, cluster);

    public TimeSpan DownRemovalMargin => _resolver.DownRemovalMargin;

    public Props DowningActorProps => _resolver.DowningActorProps.WithMailbox(CollectorMailbox.Id);
}
