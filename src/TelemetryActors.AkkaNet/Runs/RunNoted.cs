using TelemetryActors.AkkaNet.Wire;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>In the journal of a node by itself: a run of another process came in hand.</summary>
/// <param name="EntityId">The run's id.</param>
internal sealed record RunNoted(string EntityId) : IWireMessage;
