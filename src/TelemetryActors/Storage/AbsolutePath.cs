namespace TelemetryActors.Storage;

/// <summary>Paths that are named once and used for as long as the process lives.</summary>
internal static class AbsolutePath
{
    private const string WorkingDirectory = "/proc/self/cwd";

    /// <summary>A path as it is from the working directory now.</summary>
    /// <remarks>The working directory can be deleted under its process: what is relative to it is then one more path that cannot be used, and no reason to throw.</remarks>
    /// <exception cref="ArgumentException">It is no path.</exception>
    public static string Of(string path)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Path.GetFullPath(path, WorkingDirectory);
        }
    }
}
