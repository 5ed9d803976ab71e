using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>What makes a writer slot one process's own: the lock of its number, and the lock on its ring's file.</summary>
/// <remarks>
/// Thread-safe. Whoever gets the number's lock leaves the slot alone while a living process holds the ring: a lock file that someone deleted takes
/// nothing away. Only when the ring's file is gone as well can another process have begun there; then the slot is lost.
/// </remarks>
internal sealed class SlotHold(SlotSettings settings, int number, IFileLock? slotLock) : IDisposable
{
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private IFileLock? _lock = slotLock;
    private IFileLock? _ringLock;
    private bool _released;
    private long? _lostAt;

    public bool HasLock { get; } = slotLock is not null;

    /// <summary>Takes the ring that stands for the slot.</summary>
    /// <returns>False when a living process has it, or nobody can: then it must not be touched.</returns>
    public bool TryHoldRing(string path)
    {
        var taken = settings.Files.TryLock(path);
        lock (_gate)
        {
            _ringLock?.Dispose();
            _ringLock = taken;
        }

        return taken is not null;
    }

    /// <summary>Whether the slot is still this process's own, looked at now; a lock file that someone deleted is made again.</summary>
    public bool TryKeep()
    {
        lock (_gate)
        {
            if (_lock is null || _lock.IsHeld)
            {
                _lostAt = null;
                return true;
            }

            if (_released || _ringLock is not { IsHeld: true })
            {
                return false;
            }

            if (TryLockAgain() is { } again)
            {
                _lock.Dispose();
                _lock = again;
                return true;
            }

            return !IsAnothers();
        }
    }

    /// <summary>Lets go of the ring and keeps the lock.</summary>
    public void LetRingGo()
    {
        lock (_gate)
        {
            _ringLock?.Dispose();
        }
    }

    /// <summary>Gives the slot back with nothing left behind: its ring's file is gone already.</summary>
    public void GiveBack()
    {
        lock (_gate)
        {
            _released = true;
            _lock?.DeleteAndRelease();
            _ringLock?.Dispose();
        }
    }

    /// <summary>Lets go; the lock's file stays and says that there is something to take over.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _released = true;
            _lock?.Dispose();
            _ringLock?.Dispose();
        }
    }

    // Whoever took the lock's file lets go of it at once when he finds the ring alive; one who keeps it has not seen the ring, and has the slot.
    private bool IsAnothers()
    {
        try
        {
            if (settings.Files.Identify(SlotLocks.PathOf(settings.Base, number)) is null)
            {
                return false;
            }
        }
        catch (IOException)
        {
            return false;
        }

        _lostAt ??= settings.Time.GetTimestamp();
        return settings.Time.GetElapsedTime(_lostAt.Value) >= LongestLook;
    }

    private IFileLock? TryLockAgain()
    {
        try
        {
            settings.Files.CreateDirectory(settings.Base.State);
            return settings.Files.TryLock(SlotLocks.PathOf(settings.Base, number));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
