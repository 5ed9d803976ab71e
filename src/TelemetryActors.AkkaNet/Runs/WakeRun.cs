using Akka.Actor;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Only starts a run's actor: it was leaving when its run came back to life.</summary>
/// <param name="EntityId">The run's id.</param>
internal sealed record WakeRun(string EntityId) : IRunMessage, INoSerializationVerificationNeeded;
