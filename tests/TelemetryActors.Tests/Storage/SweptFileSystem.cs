namespace TelemetryActors.Storage;

/// <summary>A disk on which another process begins, and sweeps, right before a file takes another's place: a few times, then no more.</summary>
internal sealed class SweptFileSystem(string name, int sweeps) : PassingFileSystem(DiskFileSystem.Instance)
{
    private int _left = sweeps;

    public override void Replace(string source, string target)
    {
        if (_left-- > 0)
        {
            AtomicFile.Sweep(Inner, Path.GetDirectoryName(target)!, name);
        }

        base.Replace(source, target);
    }
}
