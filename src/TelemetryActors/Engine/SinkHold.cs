using TelemetryActors.Storage;

namespace TelemetryActors.Engine;

/// <summary>What makes a sink one process's own in a base directory: two locks, of which one is enough to keep it and both are needed to get it.</summary>
/// <remarks>
/// A lock file that someone deletes takes nothing away: whoever makes it again does not get the other one, and lets go. Only when both files are gone can another
/// process have begun; then the sink is lost. For one thread at a time.
/// </remarks>
internal sealed class SinkHold : IDisposable
{
    private readonly IFileSystem _files;
    private readonly (string Path, IFileLock? Lock)[] _locks;

    private SinkHold(IFileSystem files, (string Path, IFileLock? Lock)[] locks)
    {
        _files = files;
        _locks = locks;
    }

    /// <summary>Whether the sink is still this process's own, looked at now; a file that someone deleted is made again.</summary>
    public bool IsHeld
    {
        get
        {
            if (!_locks.Any(held => held.Lock is { IsHeld: true }))
            {
                return false;
            }

            for (var index = 0; index < _locks.Length; index++)
            {
                Renew(ref _locks[index]);
            }

            return _locks.Any(held => held.Lock is { IsHeld: true });
        }
    }

    /// <summary>Takes a sink; null when another process has it, or nobody can have it now.</summary>
    /// <exception cref="IOException">The base directory cannot be used.</exception>
    public static SinkHold? TryTake(IFileSystem files, string baseDirectory, string sink)
    {
        files.CreateDirectory(SinkPaths.StateDirectory(baseDirectory));
        var (path, ownerPath) = (SinkPaths.Lock(baseDirectory, sink), SinkPaths.Owner(baseDirectory, sink));
        if (files.TryLock(path) is not { } first)
        {
            return null;
        }

        // A disk that has no room for one more file has nobody's lock on it, and keeps no sink from its work.
        var second = files.TryLock(ownerPath);
        if (second is not null || files.Identify(ownerPath) is null)
        {
            return new SinkHold(files, [(path, first), (ownerPath, second)]);
        }

        first.Dispose();
        return null;
    }

    public void Dispose() => Array.ForEach(_locks, held => held.Lock?.Dispose());

    private void Renew(ref (string Path, IFileLock? Lock) held)
    {
        try
        {
            if (held.Lock is not { IsHeld: true } && _files.TryLock(held.Path) is { } again)
            {
                held.Lock?.Dispose();
                held.Lock = again;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The other lock holds the sink; the next look tries again.
        }
    }
}
