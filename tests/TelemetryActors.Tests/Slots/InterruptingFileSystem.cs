using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>A file system in which something else happens right before the first look at a path: as another process would have its turn there.</summary>
internal sealed class InterruptingFileSystem(IFileSystem inner, string path, Action act) : PassingFileSystem(inner)
{
    private Action? _act = act;

    public override FileIdentity? Identify(string looked)
    {
        if (looked == path)
        {
            Interlocked.Exchange(ref _act, null)?.Invoke();
        }

        return base.Identify(looked);
    }
}
