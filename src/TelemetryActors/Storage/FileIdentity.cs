namespace TelemetryActors.Storage;

/// <summary>Which file stands behind a path or a handle, and how long it is.</summary>
/// <param name="Device">The device the file is on.</param>
/// <param name="Inode">The file's number on that device; two names or handles with the same are the same file.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct FileIdentity(ulong Device, ulong Inode, long Length)
{
    /// <summary>Whether both are the same file, whatever their lengths.</summary>
    public bool IsSameFile(FileIdentity other) => Device == other.Device && Inode == other.Inode;
}
