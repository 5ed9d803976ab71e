namespace TelemetryActors.Storage;

/// <summary>Kinds of file systems that differ in what a mapped file on them costs and outlives.</summary>
internal enum FileSystemKind
{
    /// <summary>Anything else: network, FUSE, unknown.</summary>
    Other = 0,

    /// <summary>tmpfs.</summary>
    Memory,

    /// <summary>ext4 or xfs.</summary>
    Journaled,
}
