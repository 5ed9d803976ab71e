using Akka.Actor;
using Akka.Cluster;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>The way to the runs through the actor system of a service that is a member of the collectors' cluster itself.</summary>
/// <param name="system">The service's system, once its proxy is there.</param>
internal sealed class ServiceRegion(Task<ActorSystem> system) : IRunRegion
{
    // Whether the service leaves is for nobody else to say: its own shards and singletons are in that cluster.
    private const string LeftBehind =
        "the cluster that this service is a member of has no collectors: those that run may have formed another one, after all of them had left. Start one with this service's seeds, or start this service anew when they run";

    /// <inheritdoc />
    public async ValueTask<FoundRegion> FindAsync(CancellationToken cancellation)
    {
        var started = await system.WaitAsync(cancellation);
        if (Cluster.Get(started).IsTerminated)
        {
            return new FoundRegion(null, "this service has left the cluster");
        }

        var found = CollectorsInSight.Find(started);
        return found.Region is null && !CollectorsInSight.AreKnown(started) ? new FoundRegion(null, LeftBehind) : found;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
