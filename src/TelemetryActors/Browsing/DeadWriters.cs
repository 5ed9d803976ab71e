using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Brings to the log what dead writers left in their rings, so that who reads the log's files reads everything.</summary>
internal static class DeadWriters
{
    /// <summary>Takes over every slot whose writer is dead, and closes its runs as abandoned. Nothing is touched when all writers live.</summary>
    /// <returns>Whether there was anything to take over.</returns>
    /// <exception cref="IOException">The disk did not answer for a minute.</exception>
    public static bool TakeOver(TelemetryOptions options)
    {
        var folder = BaseFolder.Find(options.BaseDirectory);
        if (!SlotLocks.Existing(folder, options.Files).Any(slot => IsDead(SlotLocks.PathOf(folder, slot), options.Files)))
        {
            return false;
        }

        using var client = TelemetryClient.Start(options);
        return client.Pipeline.TakeOverDeadWriters()
            ? true
            : throw new IOException($"The base directory {folder.Path} does not answer: what dead writers left is not in the log yet.");
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
