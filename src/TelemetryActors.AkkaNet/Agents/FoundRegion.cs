using Akka.Actor;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>The proxy to tell batches to, or why there is none now.</summary>
/// <param name="Region">The proxy; null when nobody would answer.</param>
/// <param name="Missing">Why, for operators.</param>
internal readonly record struct FoundRegion(IActorRef? Region, string Missing = "");
