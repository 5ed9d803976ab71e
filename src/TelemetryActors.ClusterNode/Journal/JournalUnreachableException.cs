namespace TelemetryActors.ClusterNode.Journal;

/// <summary>The journal that all nodes share did not answer in time.</summary>
internal sealed class JournalUnreachableException(string message) : Exception(message);
