using Akka.Actor;
using TelemetryActors.AkkaNet.Agents;

namespace TelemetryActors.AkkaNet.Tests.Agents;

/// <summary>The way to an actor that stands for all runs; or no way.</summary>
internal sealed class TestRegion(IActorRef? runs) : IRunRegion
{
    public bool IsDisposed { get; private set; }

    public ValueTask<FoundRegion> FindAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(runs is null ? new FoundRegion(null, "no collector is up") : new FoundRegion(runs));

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
