namespace TelemetryActors.Storage;

/// <summary>What the product keeps for itself in a base directory: no file that a setting names may be there.</summary>
internal static class OwnPlaces
{
    /// <summary>What <see cref="Spare"/> asks for, in words.</summary>
    public const string Rule = "the path of a file, relative to the base directory or absolute, that is no file of ours such as config.json and in no directory of ours such as raw";

    /// <summary>The directory of the store, where the store itself may be.</summary>
    public const string Store = "db";

    private const string TakenName = "config.json";

    private static readonly string[] TakenDirectories = ["raw", "state", "dead", Store];

    /// <summary>The directories and files of ours in a base directory.</summary>
    public static IReadOnlyList<string> All { get; } = [.. TakenDirectories, TakenName];

    /// <summary>Whether a path names a file, and none that the product keeps for something else.</summary>
    /// <param name="path">The path.</param>
    /// <param name="home">The one directory of ours in which it may be all the same; null for none.</param>
    public static bool Spare(string path, string? home = null) => NamesFile(path) && !IsBelowTaken(path, home);

    /// <summary>The same for a full path, which may lead into a base directory.</summary>
    /// <param name="path">The path, absolute.</param>
    /// <param name="baseDirectory">The base directory.</param>
    /// <param name="home">The one directory of ours in which it may be all the same; null for none.</param>
    public static bool SpareIn(string path, string baseDirectory, string? home = null) =>
        Spare(path, home) && !IsBelowTaken(Path.GetRelativePath(Path.GetFullPath(baseDirectory), path), home);

    /// <summary>Whether a path names a file, wherever that is, and none by whose name the product knows its own everywhere.</summary>
    public static bool NamesFile(string path) =>
        !string.IsNullOrWhiteSpace(path)
        && !path.Contains('\0', StringComparison.Ordinal)
        && Path.GetFileName(path) is { Length: > 0 } and not "." and not ".." and var name
        && !name.Equals(TakenName, StringComparison.OrdinalIgnoreCase)
        && !name.EndsWith(".lock", StringComparison.Ordinal);

    /// <summary>Whether a path leads, from the base directory, into a directory of ours.</summary>
    /// <param name="path">The path; an absolute one leads elsewhere.</param>
    /// <param name="home">The one directory of ours that is not meant; null for none.</param>
    public static bool IsBelowTaken(string path, string? home = null)
    {
        if (Path.IsPathRooted(path))
        {
            return false;
        }

        // Dots are resolved in front of some directory, so that a path may lead out of it.
        var anywhere = Path.Combine(Path.GetTempPath(), "1", "2", "3", "4", "5", "6", "7", "8");
        var first = Path.GetRelativePath(anywhere, Path.GetFullPath(path, anywhere)).Split(Path.DirectorySeparatorChar)[0];
        return first != home && TakenDirectories.Contains(first, StringComparer.OrdinalIgnoreCase);
    }
}
