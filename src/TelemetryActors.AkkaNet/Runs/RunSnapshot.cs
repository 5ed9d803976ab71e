using TelemetryActors.AkkaNet.Wire;
using TelemetryActors.Runs;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>What a run's actor goes on from: what is known of the run, and which lines it has taken.</summary>
/// <param name="Record">The run; null for lines of no run.</param>
/// <param name="Seen">The ids of the lines taken.</param>
internal sealed record RunSnapshot(RunRecord? Record, SeenIdsRecord Seen) : IWireMessage;
