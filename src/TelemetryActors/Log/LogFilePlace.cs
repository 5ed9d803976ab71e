using TelemetryActors.Storage;

namespace TelemetryActors.Log;

/// <summary>Whether the log's fixed file can be where it is named, as far as only its base directory and the disk tell.</summary>
internal static class LogFilePlace
{
    /// <summary>What is wrong with the place, for messages; null when the file can be there, or nobody can look.</summary>
    /// <param name="file">Absolute, or relative to the base directory.</param>
    /// <param name="baseDirectory">Absolute.</param>
    public static string? FaultOf(string file, string baseDirectory)
    {
        var full = Path.GetFullPath(file, baseDirectory);
        return !OwnPlaces.SpareIn(full, baseDirectory) ? $"log.file must be {LogFileName.FixedRule}, not '{file}'"
            : FileStatus.IsPlain(full) == false ? $"log.file must be the path of a file, and '{file}' is a directory, a device or a pipe"
            : null;
    }
}
