using Akka.Actor;

namespace TelemetryActors.ClusterNode.Journal;

/// <summary>Why a node ends that is in the smaller of two clusters on one journal.</summary>
internal sealed class SecondClusterReason : CoordinatedShutdown.Reason;
