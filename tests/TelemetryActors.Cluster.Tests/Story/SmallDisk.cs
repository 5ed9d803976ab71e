using System.Globalization;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>A small file system in memory over a directory, until it is disposed: one that can be filled.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _directory;

    public SmallDisk(string directory, int megabytes)
    {
        _directory = Directory.CreateDirectory(directory).FullName;
        Command.Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "tmpfs", directory);
    }

    private string Filler => Path.Combine(_directory, "filler");

    /// <summary>Leaves no room.</summary>
    public void Fill()
    {
        var bytes = new byte[4096];
        try
        {
            using var file = File.Create(Filler, bufferSize: 0);
            while (true)
            {
                file.Write(bytes);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void Free() => File.Delete(Filler);

    // Whoever still has files open there goes on with them; the place is what it was before.
    public void Dispose() => Command.Run("umount", "-l", _directory);
}
