using TelemetryActors.AkkaNet.Wire;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>In the snapshot store of a node by itself: the runs of other processes that are in hand.</summary>
/// <param name="Entities">Their ids.</param>
internal sealed record RunsInHand(IReadOnlyList<string> Entities) : IWireMessage;
