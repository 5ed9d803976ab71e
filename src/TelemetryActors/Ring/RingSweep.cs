using TelemetryActors.Storage;

namespace TelemetryActors.Ring;

/// <summary>Removes rings that nobody will ever ask for again: they stand in memory.</summary>
/// <remarks>
/// That a base directory is not there says little: it may be on a volume that is away, or another container's that shares the memory. A ring goes
/// only when no living process has it and its base directory was not to be seen for a week, from the first sweep that found it so. One in a base directory goes with that.
/// </remarks>
internal static class RingSweep
{
    private static readonly TimeSpan LeastTime = TimeSpan.FromDays(7);

    public static void Run(string? directory, DateTimeOffset now)
    {
        if (directory is null || !Directory.Exists(directory))
        {
            return;
        }

        foreach (var path in Directory.GetFiles(directory, "*.ring").Concat(Slots.StrandedRing.SetAside(directory)))
        {
            try
            {
                LookAt(path, now);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Left as it is; the next start looks again.
            }
        }
    }

    private static void LookAt(string path, DateTimeOffset now)
    {
        if (RingFactory.BaseDirectoryOf(path) is not { } baseDirectory || Directory.Exists(baseDirectory) || DiskFileLock.TryTake(path) is not { } ringLock)
        {
            return;
        }

        using (ringLock)
        {
            if (RingFactory.ForsakenSince(path, now) is { } since && now - since >= LeastTime)
            {
                ringLock.DeleteAndRelease();
            }
        }
    }
}
