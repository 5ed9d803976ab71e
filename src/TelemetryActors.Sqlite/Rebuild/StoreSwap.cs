using TelemetryActors.Storage;

namespace TelemetryActors.Sqlite;

/// <summary>Puts a store that was built again in the place of the old one.</summary>
/// <remarks>
/// Whoever has the right to write the store may call it. The old file keeps another name until the new one has its place, so a swap that a kill or the disk
/// ended half-way is seen by its files alone, and goes on with the next rebuild or start.
/// </remarks>
internal sealed class StoreSwap(string path, IFileSystem files)
{
    private readonly string _old = path + ".old";

    /// <summary>Where the new store is built.</summary>
    public string Made { get; } = path + ".new";

    /// <summary>Gives the new store, which is whole and on the device, the old one's place.</summary>
    /// <exception cref="IOException">The disk refuses. The old store is in its place, or <see cref="GoOn"/> puts the new one there.</exception>
    public void Run()
    {
        if (files.Identify(path) is not null)
        {
            files.Replace(path, _old);
        }

        Take();
    }

    /// <summary>Ends a swap that was left half-way; nothing happens when there is none.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void GoOn()
    {
        if (files.Identify(_old) is null)
        {
            return;
        }

        if (files.Identify(path) is not null)
        {
            files.Delete(_old);
        }
        else if (files.Identify(Made) is not null)
        {
            Take();
        }
        else
        {
            files.Replace(_old, path);
        }
    }

    /// <summary>Removes a new store that has not begun to take the place.</summary>
    public void Discard()
    {
        if (files.Identify(path) is null && files.Identify(_old) is not null)
        {
            return;
        }

        files.Delete(Made);
        files.Delete(Made + "-journal");
        files.Delete(Made + "-wal");
        files.Delete(Made + "-shm");
    }

    // Never a moment with an old log of changes beside a new database.
    private void Take()
    {
        var directory = Path.GetDirectoryName(path)!;
        files.Delete(path + "-wal");
        files.Delete(path + "-shm");
        files.Delete(path + "-journal");
        files.SyncDirectory(directory);
        files.Replace(Made, path);
        files.SyncDirectory(directory);
        files.Delete(_old);
    }
}
