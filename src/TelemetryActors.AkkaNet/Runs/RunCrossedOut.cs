using TelemetryActors.AkkaNet.Wire;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>In the journal of a node by itself: there is nothing to watch of a run any more.</summary>
/// <param name="EntityId">The run's id.</param>
internal sealed record RunCrossedOut(string EntityId) : IWireMessage;
