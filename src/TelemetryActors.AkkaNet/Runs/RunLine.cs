using Akka.Actor;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>A line of a run's life that stands in this node's ring already: its handle is in this process.</summary>
/// <param name="EntityId">The run's id.</param>
/// <param name="Line">The line.</param>
internal sealed record RunLine(string EntityId, ReadOnlyMemory<byte> Line) : IRunMessage, INoSerializationVerificationNeeded;
