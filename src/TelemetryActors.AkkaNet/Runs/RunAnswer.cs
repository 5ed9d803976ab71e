using TelemetryActors.AkkaNet.Wire;
using TelemetryActors.Runs;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>What a run's actor knows of its run.</summary>
/// <param name="EntityId">The run's id.</param>
/// <param name="Record">The run as it stands; null when no line of it has come.</param>
public sealed record RunAnswer(string EntityId, RunRecord? Record) : IWireMessage;
