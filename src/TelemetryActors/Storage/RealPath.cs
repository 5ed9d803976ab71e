namespace TelemetryActors.Storage;

/// <summary>Where a path leads when every link on its way is followed as the system follows them, also when nothing is there yet.</summary>
/// <remarks>The runtime follows the last name alone, and takes the two dots of a relative link for the directory by whose name the link was reached.</remarks>
internal static class RealPath
{
    private const int MaxLinks = 40;

    private static readonly char[] Separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    /// <summary>Follows it.</summary>
    /// <param name="path">The path, relative to the working directory or absolute.</param>
    /// <exception cref="IOException">Its links lead round in a circle.</exception>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var at = Path.GetPathRoot(full)!;
        var ahead = new Stack<string>();
        Push(ahead, full[at.Length..]);
        for (var left = MaxLinks; ahead.TryPop(out var name);)
        {
            if (name == "..")
            {
                at = Path.GetDirectoryName(at) ?? at;
            }
            else if (new FileInfo(Path.Combine(at, name)).LinkTarget is not { } target)
            {
                at = Path.Combine(at, name);
            }
            else if (left-- == 0)
            {
                throw new IOException($"{path} leads round in a circle of links.");
            }
            else
            {
                var root = Path.GetPathRoot(target)!;
                at = root.Length > 0 ? root : at;
                Push(ahead, target[root.Length..]);
            }
        }

        return at;
    }

    private static void Push(Stack<string> ahead, string names)
    {
        foreach (var name in names.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".").Reverse())
        {
            ahead.Push(name);
        }
    }
}
