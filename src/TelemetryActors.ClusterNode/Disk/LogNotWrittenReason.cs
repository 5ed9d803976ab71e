using Akka.Actor;

namespace TelemetryActors.ClusterNode.Disk;

/// <summary>Why a node ends whose event log is not written.</summary>
internal sealed class LogNotWrittenReason : CoordinatedShutdown.Reason;
