using TelemetryActors.Storage;

namespace TelemetryActors.TestKit;

/// <summary>A lock of a <see cref="HangingFileSystem"/>.</summary>
internal sealed class HangingLock(IFileLock inner, HangingFileSystem disk) : IFileLock
{
    public bool IsHeld
    {
        get
        {
            disk.Wait();
            return inner.IsHeld;
        }
    }

    public void DeleteAndRelease()
    {
        disk.Wait();
        inner.DeleteAndRelease();
    }

    public void Dispose() => inner.Dispose();
}
