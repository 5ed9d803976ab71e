namespace TelemetryActors.Ring;

/// <summary>Removes rings whose base directory is gone: nobody will ever ask for what they hold, and they stand in memory.</summary>
internal static class RingSweep
{
    // A start is to be quick; what is left over goes with the next ones.
    private const int MostFiles = 64;

    // A base directory on a volume that is not mounted yet comes back.
    private static readonly TimeSpan LeastAge = TimeSpan.FromHours(1);

    public static void Run(string? directory, DateTimeOffset now)
    {
        if (directory is null)
        {
            return;
        }

        try
        {
            foreach (var path in Directory.EnumerateFiles(directory, "*.ring").Take(MostFiles).Where(path => now - File.GetLastWriteTimeUtc(path) > LeastAge))
            {
                if (RingFactory.BaseDirectoryOf(path) is { } baseDirectory && !Directory.Exists(baseDirectory))
                {
                    File.Delete(path);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Left as they are; the next start looks again.
        }
    }
}
