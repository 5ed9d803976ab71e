namespace TelemetryActors.ClusterNode.Settings;

/// <summary>Where the lives of runs are kept.</summary>
internal enum JournalProvider
{
    /// <summary>A database that every node reaches.</summary>
    PostgreSql = 0,

    /// <summary>A file of this node; for a node alone.</summary>
    Sqlite,
}
