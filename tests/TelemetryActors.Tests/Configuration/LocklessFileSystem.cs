using TelemetryActors.Storage;

namespace TelemetryActors.Configuration;

/// <summary>A file system that knows no locks, as some in a network.</summary>
internal sealed class LocklessFileSystem(IFileSystem inner) : PassingFileSystem(inner)
{
    // The file to be locked is made first.
    public override IFileLock? TryLock(string path)
    {
        File.AppendAllText(path, "");
        return null;
    }
}
