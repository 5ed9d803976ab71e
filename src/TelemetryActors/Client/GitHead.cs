namespace TelemetryActors.Client;

/// <summary>Which commit a git work tree stands at, read from its files: git itself is not run.</summary>
/// <param name="Repo">The address of <c>origin</c> without a user or password, else the name of the work tree's directory.</param>
/// <param name="Branch">The branch; null when none is checked out.</param>
/// <param name="Commit">The commit's hash; null before the first commit.</param>
internal sealed record GitHead(string Repo, string? Branch, string? Commit)
{
    private const string HeadPrefix = "ref: ";
    private const string BranchPrefix = "refs/heads/";
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The work tree that a directory is in; null when it is in none, or its files cannot be read.</summary>
    public static GitHead? Of(string directory)
    {
        try
        {
            for (var at = new DirectoryInfo(directory); at is not null; at = at.Parent)
            {
                if (GitDirectory(Path.Combine(at.FullName, ".git")) is { } git)
                {
                    return Read(at, git);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A work tree that cannot be read ties a run to nothing; the run itself is recorded all the same.
        }

        return null;
    }

    // A directory, or, in a linked work tree and a submodule, a file that says where it is.
    private static string? GitDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            return File.Exists(Path.Combine(path, "HEAD")) ? path : null;
        }

        const string Prefix = "gitdir: ";
        return File.Exists(path) && Text(path) is { } text && text.StartsWith(Prefix, StringComparison.Ordinal)
            ? Path.GetFullPath(text[Prefix.Length..].Trim(), Path.GetDirectoryName(path)!)
            : null;
    }

    private static GitHead? Read(DirectoryInfo tree, string git)
    {
        if (Text(Path.Combine(git, "HEAD"))?.Trim() is not { Length: > 0 } head)
        {
            return null;
        }

        // A linked work tree has its own HEAD; branches and settings are the main one's.
        var common = Text(Path.Combine(git, "commondir")) is { } shared ? Path.GetFullPath(shared.Trim(), git) : git;
        var name = head.StartsWith(HeadPrefix, StringComparison.Ordinal) ? head[HeadPrefix.Length..].Trim() : null;
        var commit = name is null ? head : Resolve(git, common, name);
        var branch = name is not null && name.StartsWith(BranchPrefix, StringComparison.Ordinal) ? name[BranchPrefix.Length..] : null;
        return new GitHead(Origin(Path.Combine(common, "config")) ?? tree.Name, branch, IsHash(commit) ? commit : null);
    }

    private static string? Resolve(string git, string common, string name)
    {
        foreach (var directory in new[] { git, common })
        {
            if (Text(Path.Combine(directory, name))?.Trim() is { } loose && IsHash(loose))
            {
                return loose;
            }
        }

        return Text(Path.Combine(common, "packed-refs"))?.Split('\n')
            .Select(line => line.TrimEnd().Split(' ', 2))
            .FirstOrDefault(parts => parts.Length == 2 && parts[1] == name)?[0];
    }

    private static string? Origin(string config)
    {
        var isOrigin = false;
        foreach (var line in (Text(config) ?? "").Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith('['))
            {
                isOrigin = line.Equals("[remote \"origin\"]", StringComparison.Ordinal);
            }
            else if (isOrigin && line.Split('=', 2) is [var key, var value] && key.Trim() == "url")
            {
                return WithoutUser(value.Trim());
            }
        }

        return null;
    }

    // An address may hold a password or a token; what is before the host of git@host:path is as good as none.
    private static string WithoutUser(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var from = scheme < 0 ? 0 : scheme + 3;
        var end = address.IndexOf('/', from);
        var at = address.LastIndexOf('@', end < 0 ? address.Length - 1 : end);
        return at < from ? address : address[..from] + address[(at + 1)..];
    }

    private static bool IsHash(string? text) => text is { Length: 40 or 64 } && text.All(char.IsAsciiHexDigitLower);

    private static string? Text(string path)
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length <= MaxBytes ? File.ReadAllText(path) : null;
    }
}
