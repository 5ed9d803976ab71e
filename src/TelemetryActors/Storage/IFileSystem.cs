namespace TelemetryActors.Storage;

/// <summary>The files under a base directory, as the storage code needs them (S0.4, S0.33).</summary>
/// <remarks>Safe for use from several threads. Errors are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</remarks>
public interface IFileSystem
{
    /// <summary>Creates a file that must not be there yet.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="isPrivate">Whether only its owner may read it, whatever the process's mask says; from its first moment on.</param>
    /// <exception cref="IOException">The name is taken, or the disk refuses.</exception>
    IStorageFile Create(string path, bool isPrivate = false);

    /// <summary>Opens a file that must be there.</summary>
    /// <exception cref="FileNotFoundException">It is not.</exception>
    IStorageFile Open(string path, bool writable);

    /// <summary>Opens a file of the log that must be there: never waits for whoever might be at the other end of a pipe or a device.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="IOException">It is no plain file.</exception>
    IStorageFile OpenPlain(string path, bool writable) => Open(path, writable);

    /// <summary>Opens what must be there to append to it: a file, or a pipe or a device, which take each write as it comes, whatever offset it names. The file that a link leads to is made where it is missing.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="IOException">It cannot be written to, or nobody reads the pipe.</exception>
    IStorageFile OpenForAppending(string path) => Open(path, writable: true);

    /// <summary>What a path names now; null when nothing.</summary>
    /// <exception cref="IOException">Nobody can look now.</exception>
    FileIdentity? Identify(string path);

    /// <summary>Whether a name is taken, by whatever: a link that leads nowhere is nothing that can be identified, and yet no file can be created under its name.</summary>
    /// <exception cref="IOException">Nobody can look now.</exception>
    bool IsTaken(string path) => Identify(path) is not null;

    /// <summary>The names of the files in a directory, in no order; none when the directory is not there.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Creates a directory and those above it; nothing happens when it is there.</summary>
    void CreateDirectory(string path);

    /// <summary>Deletes a file; nothing happens when it is not there.</summary>
    void Delete(string path);

    /// <summary>Renames a file, replacing what has the new name, atomically.</summary>
    void Replace(string source, string target);

    /// <summary>Waits until the names in a directory are on the device.</summary>
    void SyncDirectory(string path);

    /// <summary>Takes the lock that a file stands for, without waiting.</summary>
    /// <returns>The lock; null when another owner has it or no lock can be had, for whatever reason.</returns>
    IFileLock? TryLock(string path);
}
