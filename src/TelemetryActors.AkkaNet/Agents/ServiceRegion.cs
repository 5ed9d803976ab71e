using Akka.Actor;
using Akka.Cluster;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>The way to the runs through the actor system of a service that is a member of the collectors' cluster itself.</summary>
/// <param name="system">The service's system, once its proxy is there.</param>
internal sealed class ServiceRegion(Task<ActorSystem> system) : IRunRegion
{
    /// <inheritdoc />
    public async ValueTask<FoundRegion> FindAsync(CancellationToken cancellation)
    {
        var started = await system.WaitAsync(cancellation);
        return Cluster.Get(started).IsTerminated ? new FoundRegion(null, "this service has left the cluster") : CollectorsInSight.Find(started);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
