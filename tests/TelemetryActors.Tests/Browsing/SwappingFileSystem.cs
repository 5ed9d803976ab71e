using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>The disk, on which one file becomes a device between the look at it and its next open.</summary>
internal sealed class SwappingFileSystem(string swapped) : PassingFileSystem(DiskFileSystem.Instance)
{
    private int _opens;

    public override IStorageFile OpenPlain(string path, bool writable)
    {
        if (path == swapped && ++_opens == 3)
        {
            File.Delete(path);
            File.CreateSymbolicLink(path, "/dev/null");
        }

        return base.OpenPlain(path, writable);
    }
}
