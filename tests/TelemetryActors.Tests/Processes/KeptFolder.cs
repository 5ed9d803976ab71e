using TelemetryActors.TestKit;

namespace TelemetryActors.Processes;

/// <summary>What stood in a folder of processes at one moment, its base directory and its rings: put back before each of many deaths.</summary>
internal sealed class KeptFolder(ProcessFolder folder) : IDisposable
{
    private readonly DirectoryInfo _kept = Directory.CreateTempSubdirectory("kept-");

    /// <summary>A place beside what is kept, which goes with it.</summary>
    public string PathOf(string name) => Path.Combine(_kept.FullName, name);

    /// <summary>Keeps what stands there now.</summary>
    public void Keep()
    {
        Copy(folder.Base, PathOf("base"));
        Copy(folder.Rings, PathOf("rings"));
    }

    /// <summary>Makes it stand there again, and nothing else.</summary>
    public void PutBack()
    {
        Copy(PathOf("base"), folder.Base);
        Copy(PathOf("rings"), folder.Rings);
    }

    public void Dispose() => _kept.Delete(recursive: true);

    private static void Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        Directory.CreateDirectory(to);
        foreach (var directory in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory)));
        }

        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}
