namespace TelemetryActors.Storage;

/// <summary>A lock file that this process owns until it is disposed or dies.</summary>
public interface IFileLock : IDisposable
{
    /// <summary>Whether the lock's path still names the locked file; false once someone deleted or replaced it.</summary>
    bool IsHeld { get; }

    /// <summary>Deletes the lock file and then lets go of the lock.</summary>
    void DeleteAndRelease();
}
