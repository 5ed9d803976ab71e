using TelemetryActors.Log;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Brings to the log what dead writers left in their rings, also in those that their slots have gone on without, so that who reads the log's files reads everything.</summary>
internal static class DeadWriters
{
    /// <summary>Takes over every slot whose writer is dead, and closes its runs as abandoned. Nothing is touched when all writers live.</summary>
    /// <returns>Whether there was anything to take over.</returns>
    /// <exception cref="IOException">The disk did not answer for a minute.</exception>
    public static bool TakeOver(TelemetryOptions options)
    {
        var folder = BaseFolder.Find(options.BaseDirectory);
        if (!SlotLocks.Existing(folder, options.Files).Any(slot => IsDead(SlotLocks.PathOf(folder, slot), options.Files)) && !HasStranded(folder, options))
        {
            return false;
        }

        using var client = TelemetryClient.Start(options);
        return client.Pipeline.TakeOverDeadWriters()
            ? true
            : throw new IOException($"The base directory {folder.Path} does not answer: what dead writers left is not in the log yet.");
    }

    private static bool HasStranded(BaseFolder folder, TelemetryOptions options) =>
        StrandedRing.Candidates(RingPlacement.Find(folder.State), folder.Path).Any(ring => IsToBring(ring, new LogFolder(options.Files, folder.Path, options.Log.File, ring.Slot), options.Files));

    // What cannot be looked at is the doctor's to tell.
    private static bool IsToBring(StrandedRing ring, LogFolder folder, IFileSystem files)
    {
        try
        {
            return ring.IsToBring(files, folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Taking the lock of a file that is gone by now would make it again.
    private static bool IsDead(string path, IFileSystem files)
    {
        if (files.Identify(path) is null)
        {
            return false;
        }

        using var taken = files.TryLock(path);
        return taken is not null;
    }
}
