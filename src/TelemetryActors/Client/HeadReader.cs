namespace TelemetryActors.Client;

/// <summary>Reads where a git work tree stands on one thread, however many ask: those who ask while a reading is under way share the next one, so that nobody gets what was so before it asked.</summary>
/// <remarks>Thread-safe. The thread begins when it is needed and ends when nobody has asked for a while; a reading that hangs holds it alone.</remarks>
internal sealed class HeadReader(Func<GitHead?> read)
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private TaskCompletionSource<GitHead?>? _wanted;
    private bool _isRunning;

    /// <summary>What a reading finds that has not begun yet.</summary>
    public Task<GitHead?> ReadAsync()
    {
        lock (_gate)
        {
            _wanted ??= new TaskCompletionSource<GitHead?>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_isRunning)
            {
                Monitor.Pulse(_gate);
            }
            else
            {
                _isRunning = true;
                new Thread(Run) { IsBackground = true, Name = "telemetry git" }.Start();
            }

            return _wanted.Task;
        }
    }

    private void Run()
    {
        while (Next() is { } wanted)
        {
            try
            {
                wanted.SetResult(read());
            }
            catch (Exception exception)
            {
                wanted.SetException(exception);

                // Whoever asked may not wait any more: that nobody looks is no fault of the host's.
                _ = wanted.Task.Exception;
            }
        }
    }

    private TaskCompletionSource<GitHead?>? Next()
    {
        lock (_gate)
        {
            if (_wanted is null)
            {
                Monitor.Wait(_gate, Linger);
            }

            var next = _wanted;
            _wanted = null;
            _isRunning = next is not null;
            return next;
        }
    }
}
