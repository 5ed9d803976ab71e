namespace TelemetryActors.ClusterNode.Journal;

/// <summary>The journal says that this node must not run beside those that are alive.</summary>
internal sealed class JournalRefusedException(string message) : Exception(message);
