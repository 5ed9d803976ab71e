using TelemetryActors.Storage;

namespace TelemetryActors.TestKit;

/// <summary>A file system whose calls do not return while it hangs, as those of a dead network disk do not; another one otherwise.</summary>
/// <remarks>Thread-safe. Disposing it lets every call go on, so that no thread outlives its test.</remarks>
public sealed class HangingFileSystem(IFileSystem inner) : IFileSystem, IDisposable
{
    private readonly ManualResetEventSlim _answers = new(initialState: true);
    private readonly ManualResetEventSlim _syncs = new(initialState: true);
    private readonly ManualResetEventSlim _named = new(initialState: true);
    private volatile Predicate<string> _isNamed = _ => false;
    private int _waiting;

    /// <summary>How many calls do not return now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Lets no call return from now on.</summary>
    public void Hang() => _answers.Reset();

    /// <summary>Lets no call return from now on that waits for the device; all others do.</summary>
    public void HangSyncs() => _syncs.Reset();

    /// <summary>Lets no call return from now on that names such a path; all others do.</summary>
    public void HangAt(Predicate<string> isNamed)
    {
        _isNamed = isNamed;
        _named.Reset();
    }

    /// <summary>Lets all calls go on, those that hang too.</summary>
    public void Answer()
    {
        _answers.Set();
        _syncs.Set();
        _named.Set();
    }

    /// <inheritdoc />
    public void Dispose() => Answer();

    /// <inheritdoc />
    public IStorageFile Create(string path, bool isPrivate = false) => new HangingFile(WaitAt(path).Create(path, isPrivate), this);

    /// <inheritdoc />
    public IStorageFile Open(string path, bool writable) => new HangingFile(WaitAt(path).Open(path, writable), this);

    /// <inheritdoc />
    public FileIdentity? Identify(string path) => WaitAt(path).Identify(path);

    /// <inheritdoc />
    public IReadOnlyList<string> List(string directory) => WaitAt(directory).List(directory);

    /// <inheritdoc />
    public void CreateDirectory(string path) => WaitAt(path).CreateDirectory(path);

    /// <inheritdoc />
    public void Delete(string path) => WaitAt(path).Delete(path);

    /// <inheritdoc />
    public void Replace(string source, string target) => WaitAt(target).Replace(source, target);

    /// <inheritdoc />
    public void SyncDirectory(string path) => WaitToSync().SyncDirectory(path);

    /// <inheritdoc />
    public IFileLock? TryLock(string path) => WaitAt(path).TryLock(path) is { } taken ? new HangingLock(taken, this) : null;

    internal IFileSystem Wait() => WaitFor(_answers);

    internal IFileSystem WaitToSync()
    {
        Wait();
        return WaitFor(_syncs);
    }

    private IFileSystem WaitAt(string path)
    {
        Wait();
        return _isNamed(path) ? WaitFor(_named) : inner;
    }

    private IFileSystem WaitFor(ManualResetEventSlim gate)
    {
        Interlocked.Increment(ref _waiting);
        gate.Wait();
        Interlocked.Decrement(ref _waiting);
        return inner;
    }
}
