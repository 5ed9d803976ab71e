namespace TelemetryActors.Log;

/// <summary>The log files with bytes that are not known to be on the device, oldest first; the one that is appended to is the last.</summary>
/// <remarks>Thread-safe. A closed file keeps its place, and its handle, until an fsync has taken it.</remarks>
internal sealed class UnsyncedFiles : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<LogFile> _files = [];

    /// <summary>Whether a file that nothing more is appended to waits for its fsync.</summary>
    public bool HasClosed => Oldest is { IsClosed: true };

    public LogFile? Oldest
    {
        get
        {
            lock (_gate)
            {
                return _files.Count > 0 ? _files[0] : null;
            }
        }
    }

    public void Add(LogFile file)
    {
        lock (_gate)
        {
            _files.Add(file);
        }
    }

    public void Forget(LogFile file)
    {
        lock (_gate)
        {
            _files.Remove(file);
        }

        file.Dispose();
    }

    /// <summary>Closes all of them: what the device has of them is unknown for good.</summary>
    public IReadOnlyList<LogFile> CloseAll()
    {
        lock (_gate)
        {
            List<LogFile> closed = [.. _files];
            _files.Clear();
            closed.ForEach(file => file.Dispose());
            return closed;
        }
    }

    public void Dispose() => CloseAll();
}
