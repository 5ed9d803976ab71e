using TelemetryActors.Engine;

namespace TelemetryActors.AkkaNet;

/// <summary>What outlives a sink's supervisor that is started anew: the sink's lock and files, the batch that the stream waits for, the sink that may still be busy.</summary>
/// <remarks>One supervisor at a time uses it. The guardian disposes it when the last one has ended.</remarks>
internal sealed class SupervisorMemory(SinkSupervisor decisions, EngineEnvironment environment) : IDisposable
{
    public SinkSupervisor Decisions => decisions;

    public StreamSide Stream { get; } = new();

    public ThreadLife Sink { get; } = new();

    public ThreadLife Files { get; } = new();

    public SinkKeeper Keeper { get; } = new(decisions.Definition, environment, decisions);

    /// <summary>Whether the decisions go on from what was kept, and no other process has had the sink since.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>What goes before the sink ends.</summary>
    public LastBatches Last { get; } = new();

    /// <summary>Nobody comes next: who waits for a flush is told, and the sink is given back when no call of it, and none to its files, is under way any more.</summary>
    public void Dispose()
    {
        Decisions.EndFlushes();
        Sink.AtTheEnd(() => Files.AtTheEnd(Keeper.Dispose));
    }
}
