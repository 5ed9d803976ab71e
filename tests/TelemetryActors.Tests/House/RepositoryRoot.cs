namespace TelemetryActors.Tests.House;

/// <summary>The repository that these specs were built from.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find(AppContext.BaseDirectory);

    public static string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find(string from)
    {
        for (var directory = new DirectoryInfo(from); directory is not null; directory = directory.Parent)
        {
            if (System.IO.File.Exists(System.IO.Path.Combine(directory.FullName, "TelemetryActors.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No TelemetryActors.sln above {from}.");
    }
}
