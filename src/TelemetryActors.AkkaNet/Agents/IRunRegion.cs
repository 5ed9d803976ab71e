namespace TelemetryActors.AkkaNet.Agents;

/// <summary>The way to the actors of runs, wherever in the cluster they are. Disposed with the sink that uses it.</summary>
internal interface IRunRegion : IAsyncDisposable
{
    /// <summary>The way as it is now, within a bounded time.</summary>
    ValueTask<FoundRegion> FindAsync(CancellationToken cancellation);
}
