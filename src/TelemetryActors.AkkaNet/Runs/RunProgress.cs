using Akka.Actor;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>A run whose handle is in this process lives, and has come so far. Told now and then, whatever number of events came between.</summary>
/// <param name="EntityId">The run's id.</param>
/// <param name="LastSequence">The number of its newest line.</param>
internal sealed record RunProgress(string EntityId, long LastSequence) : IRunMessage, INoSerializationVerificationNeeded;
