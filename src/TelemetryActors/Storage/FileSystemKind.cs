namespace TelemetryActors.Storage;

/// <summary>Kinds of file systems that differ in what a mapped file on them costs, outlives and shows to others.</summary>
internal enum FileSystemKind
{
    /// <summary>Anything else.</summary>
    Other = 0,

    /// <summary>tmpfs.</summary>
    Memory,

    /// <summary>ext4 or xfs.</summary>
    Journaled,

    /// <summary>Shared with other machines or another kernel: NFS, SMB, 9p, FUSE and their like. Memory mapped on one side is not what the other sees.</summary>
    Shared,
}
