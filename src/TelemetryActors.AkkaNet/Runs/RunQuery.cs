using TelemetryActors.AkkaNet.Wire;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Asks a run's actor what is known of the run; answered with <see cref="RunAnswer"/>.</summary>
/// <param name="EntityId">The run's id.</param>
public sealed record RunQuery(string EntityId) : IRunMessage, IWireMessage;
