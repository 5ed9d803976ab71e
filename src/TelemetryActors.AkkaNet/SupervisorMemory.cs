using TelemetryActors.Engine;

namespace TelemetryActors.AkkaNet;

/// <summary>What outlives a sink's supervisor that is started anew: the sink's lock and files, the batch that the stream waits for, the sink that may still be busy.</summary>
/// <remarks>One supervisor at a time uses it. It gives back what it holds when the last one ends.</remarks>
internal sealed class SupervisorMemory(SinkSupervisor decisions, EngineEnvironment environment) : IDisposable
{
    public SinkSupervisor Decisions => decisions;

    public StreamSide Stream { get; } = new();

    public SinkLife Sink { get; } = new();

    public SinkKeeper Keeper { get; } = new(decisions.Definition, environment, decisions);

    /// <summary>Whether the decisions go on from what was kept, and no other process has had the sink since.</summary>
    public bool IsLoaded { get; set; }

    // Who gets the sink next must not meet a call of this one that is still under way.
    public void Dispose() => Sink.AtTheEnd(Keeper.Dispose);
}
