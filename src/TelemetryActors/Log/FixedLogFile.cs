namespace TelemetryActors.Log;

/// <summary>A file that the settings name, or once named, for the event log (S0.27).</summary>
/// <param name="Place">The directory with a slash at its end: relative to the base directory where it lies below it, absolute elsewhere.</param>
/// <param name="Name">The name of the first writer's first file there.</param>
internal sealed record FixedLogFile(string Place, string Name)
{
    /// <summary>Reads a setting, or what <see cref="ToString"/> gave.</summary>
    /// <param name="path">Relative to the base directory, or absolute.</param>
    /// <param name="baseDirectory">Absolute.</param>
    public static FixedLogFile Of(string path, string baseDirectory)
    {
        var full = Path.GetFullPath(path, baseDirectory);
        var relative = Path.GetRelativePath(baseDirectory, full);
        var isBelow = !Path.IsPathRooted(relative) && relative != ".." && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        var directory = Path.GetDirectoryName(isBelow ? relative : full)!.Replace('\\', '/').TrimEnd('/');
        return new FixedLogFile((isBelow && directory.Length == 0 ? "." : directory) + "/", Path.GetFileName(full));
    }

    /// <inheritdoc />
    public override string ToString() => Place + Name;
}
