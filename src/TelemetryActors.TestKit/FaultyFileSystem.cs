using System.Collections.Concurrent;
using TelemetryActors.Storage;

namespace TelemetryActors.TestKit;

/// <summary>A file system that fails where it is told to and is another one otherwise.</summary>
/// <remarks>Thread-safe. "The n-th" counts from the call that arms the fault; each armed fault happens once.</remarks>
public sealed class FaultyFileSystem(IFileSystem inner) : IFileSystem
{
    private readonly Fault _writes = new();
    private readonly Fault _syncs = new();
    private readonly Fault _creates = new();
    private readonly Fault _directorySyncs = new();
    private readonly ConcurrentDictionary<string, bool> _readOnly = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _unreadable = new(StringComparer.Ordinal);
    private volatile bool _isFull;
    private DeviceMemory? _device;

    /// <summary>While true every write and every creation fails with ENOSPC and leaves nothing.</summary>
    public bool IsFull
    {
        get => _isFull;
        set => _isFull = value;
    }

    /// <summary>Writes tried so far, failed ones included.</summary>
    public int Writes => _writes.Calls;

    /// <summary>Syncs of files tried so far, failed ones included.</summary>
    public int Syncs => _syncs.Calls;

    /// <summary>Creations of files tried so far, failed ones included.</summary>
    public int Creates => _creates.Calls;

    /// <summary>Syncs of directories tried so far, failed ones included.</summary>
    public int DirectorySyncs => _directorySyncs.Calls;

    /// <summary>Lets the n-th write from now fail with ENOSPC.</summary>
    /// <param name="n">1 for the next one.</param>
    /// <param name="keptBytes">Bytes that reach the file before the failure.</param>
    public void FailWrite(int n, int keptBytes = 0) => _writes.Arm(n, keptBytes);

    /// <summary>Lets the n-th sync of a file from now fail with EIO; whether the bytes arrived is not known then.</summary>
    /// <param name="n">1 for the next one.</param>
    public void FailSync(int n) => _syncs.Arm(n, 0);

    /// <summary>Lets the n-th creation of a file from now fail with ENOSPC.</summary>
    /// <param name="n">1 for the next one.</param>
    public void FailCreate(int n) => _creates.Arm(n, 0);

    /// <summary>Lets the n-th sync of a directory from now fail with EIO; whether the device has its names is not known then.</summary>
    /// <param name="n">1 for the next one.</param>
    public void FailDirectorySync(int n) => _directorySyncs.Arm(n, 0);

    /// <summary>Refuses to create, delete or rename anything in a directory and those below it.</summary>
    public void MakeReadOnly(string directory) => _readOnly[Path.GetFullPath(directory)] = true;

    /// <summary>Takes <see cref="MakeReadOnly"/> back.</summary>
    public void MakeWritable(string directory) => _readOnly.TryRemove(Path.GetFullPath(directory), out _);

    /// <summary>From now on remembers what the device has of each file that is created, for <see cref="Reboot"/>.</summary>
    public void RememberDevice() => _device = new DeviceMemory();

    /// <summary>Leaves the files as the death of the machine may leave them: what no fsync was for, or a failed one, may be gone.</summary>
    /// <param name="random">Chooses among what may be.</param>
    public void Reboot(Random random) => _device?.Reboot(random);

    /// <summary>Lets everyone who looks at a file or opens it fail with EIO, until <see cref="MakeReadable"/>.</summary>
    public void MakeUnreadable(string path) => _unreadable[Path.GetFullPath(path)] = true;

    /// <summary>Takes <see cref="MakeUnreadable"/> back.</summary>
    public void MakeReadable(string path) => _unreadable.TryRemove(Path.GetFullPath(path), out _);

    /// <inheritdoc />
    public IStorageFile Create(string path, bool isPrivate = false)
    {
        RefuseReadOnly(path);
        if (_creates.Strikes(out _) || IsFull)
        {
            throw new DiskFullException();
        }

        var file = inner.Create(path, isPrivate);
        _device?.Created(path, file.Identity);
        return new FaultyFile(file, this);
    }

    /// <inheritdoc />
    public IStorageFile Open(string path, bool writable)
    {
        RefuseUnreadable(path);
        return new FaultyFile(inner.Open(path, writable), this);
    }

    /// <inheritdoc />
    public FileIdentity? Identify(string path)
    {
        RefuseUnreadable(path);
        return inner.Identify(path);
    }

    /// <inheritdoc />
    public IReadOnlyList<string> List(string directory) => inner.List(directory);

    /// <inheritdoc />
    public void CreateDirectory(string path)
    {
        if (!Directory.Exists(path))
        {
            RefuseReadOnly(path);
        }

        inner.CreateDirectory(path);
    }

    /// <inheritdoc />
    public void Delete(string path)
    {
        RefuseReadOnly(path);
        inner.Delete(path);
        _device?.Deleted(path);
    }

    /// <inheritdoc />
    public void Replace(string source, string target)
    {
        RefuseReadOnly(source);
        RefuseReadOnly(target);
        inner.Replace(source, target);
        _device?.Renamed(source, target);
    }

    /// <inheritdoc />
    public void SyncDirectory(string path)
    {
        if (_directorySyncs.Strikes(out _))
        {
            throw new IOException($"{path}: Input/output error", FaultyFile.InputOutputError);
        }

        inner.SyncDirectory(path);
        _device?.DirectorySynced(path);
    }

    /// <inheritdoc />
    public IFileLock? TryLock(string path) => inner.TryLock(path);

    internal bool StrikesWrite(out int keptBytes) => _writes.Strikes(out keptBytes) || IsFull;

    internal bool StrikesSync() => _syncs.Strikes(out _);

    internal void Synced(IStorageFile file) => _device?.Synced(file);

    internal void SyncFailed(IStorageFile file) => _device?.SyncFailed(file.Identity);

    private void RefuseUnreadable(string path)
    {
        if (_unreadable.ContainsKey(Path.GetFullPath(path)))
        {
            throw new IOException($"{path}: Input/output error", FaultyFile.InputOutputError);
        }
    }

    private void RefuseReadOnly(string path)
    {
        for (var directory = Path.GetDirectoryName(Path.GetFullPath(path)); directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (_readOnly.ContainsKey(directory))
            {
                throw new UnauthorizedAccessException($"Access to the path '{path}' is denied.");
            }
        }
    }

    private sealed class Fault
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<int, int> _keptBytesAtCall = [];
        private int _calls;

        public int Calls
        {
            get
            {
                lock (_lock)
                {
                    return _calls;
                }
            }
        }

        public void Arm(int n, int keptBytes)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
            lock (_lock)
            {
                _keptBytesAtCall[_calls + n] = keptBytes;
            }
        }

        public bool Strikes(out int keptBytes)
        {
            lock (_lock)
            {
                return _keptBytesAtCall.Remove(++_calls, out keptBytes);
            }
        }
    }
}
