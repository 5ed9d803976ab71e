using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>The log files that a dead writer left, before anybody goes on with them.</summary>
internal static class LeftFiles
{
    /// <summary>Removes those that a full disk gave no byte for. One that the settings name is the owner's, and stays.</summary>
    public static void SweepEmpty(LogFolder folder)
    {
        try
        {
            foreach (var path in folder.List().Select(name => folder.PathOf(name.ToString())).Where(path => folder.Files.Identify(path) is { Length: 0 } && FileStatus.IsPlain(path) == true))
            {
                folder.Files.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // They hold nothing that anybody reads; the next start tries again.
        }
    }

    /// <summary>Brings them to the device: the last writer died, and what it wrote may never have come there. From here on it counts as if it had.</summary>
    /// <returns>Before the first event in a file that could not be brought there; null when all could.</returns>
    public static Cursor? Sync(LogFolder folder, LogIndex index)
    {
        Cursor? unsynced = null;
        foreach (var file in index.Stretches.Where(stretch => !stretch.IsGone).GroupBy(stretch => stretch.File))
        {
            try
            {
                var path = folder.PathOf(file.Key);
                using var opened = folder.Files.OpenPlain(path, writable: true);
                opened.Sync();
                folder.Files.SyncDirectory(Path.GetDirectoryName(path)!);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // What the device has of it is in doubt, unless a ring still holds it.
                var first = file.MinBy(stretch => stretch.Start.Position)!.Start;
                unsynced = unsynced is { } known && known.Position < first.Position ? known : first;
            }
        }

        return unsynced;
    }
}
