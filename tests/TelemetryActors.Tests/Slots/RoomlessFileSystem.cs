using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>A file system in which nothing can stand where something was renamed: as where there are no blocks for another file.</summary>
internal sealed class RoomlessFileSystem(IFileSystem inner) : PassingFileSystem(inner)
{
    public override void Replace(string source, string target)
    {
        base.Replace(source, target);
        if (source.EndsWith(".ring", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(source);
        }
    }
}
