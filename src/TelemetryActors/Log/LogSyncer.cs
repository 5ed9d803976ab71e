using TelemetryActors.Slots;

namespace TelemetryActors.Log;

/// <summary>Brings the log of this process's slot to the device on a thread of its own, so that the writer goes on while a large fsync runs.</summary>
/// <remarks>Wakes at the fsync interval and when a flush asks. After a failed fsync the writer is woken, because only it may write again.</remarks>
internal sealed class LogSyncer : IDisposable
{
    private static readonly TimeSpan StateInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);

    private readonly OwnSlot _own;
    private readonly Action _wakeWriter;
    private readonly Action<Exception> _onFailure;
    private readonly TimeProvider _time;
    // Left to the collector: whoever asks for an fsync may come after the end.
    private readonly AutoResetEvent _signal = new(initialState: false);
    private readonly LogOptions _options;
    private ITimer? _interval;
    private Thread? _thread;
    private volatile bool _stopping;

    public LogSyncer(
        OwnSlot own, LogOptions options, TimeProvider time, Action wakeWriter, Action<Exception> onFailure)
    {
        _own = own;
        _wakeWriter = wakeWriter;
        _onFailure = onFailure;
        _time = time;
        _options = options;
    }

    /// <summary>Begins; what was asked for before is not forgotten.</summary>
    public void Start()
    {
        if (_thread is not null)
        {
            // A start that is tried again.
            return;
        }

        _interval = _options.Fsync == FsyncMode.Interval
            ? _time.CreateTimer(_ => _signal.Set(), null, _options.FsyncInterval, _options.FsyncInterval)
            : null;
        var thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "telemetry-fsync" };
        thread.Start();
        _thread = thread;
        if (_stopping)
        {
            // The end came first.
            Stop(TimeSpan.Zero);
        }
    }

    /// <summary>Asks for an fsync now.</summary>
    public void Request() => _signal.Set();

    /// <summary>Ends the thread.</summary>
    /// <returns>False when an fsync hangs: then the thread ends with it, or with the process. True when there never was one.</returns>
    public bool Stop(TimeSpan within)
    {
        _stopping = true;
        _interval?.Dispose();
        _signal.Set();
        return _thread is not { } thread || thread.Join(within);
    }

    public void Dispose() => Stop(TimeSpan.Zero);

    private void Run()
    {
        var savedAt = _time.GetTimestamp();
        while (!_stopping)
        {
            var asked = _signal.WaitOne(LongestSleep);
            if (_stopping)
            {
                return;
            }

            // Whatever goes wrong here ends neither the thread nor the host: it is told, and the next look tries again.
            try
            {
                LookAfter(_own.Now, asked, ref savedAt);
            }
            catch (Exception exception)
            {
                _onFailure(exception);
                _wakeWriter();
            }
        }
    }

    // The state is due whether or not anyone asks for an fsync: without one its writer's death costs a scan and the runs that were open.
    private void LookAfter(WriterSlot slot, bool mustSync, ref long savedAt)
    {
        if (mustSync)
        {
            if (slot.Log.UnsyncedBytes > 0)
            {
                slot.Log.Sync();
            }

            slot.Flushes.Complete(slot.Log.Synced);
        }

        if (_time.GetElapsedTime(savedAt) >= StateInterval)
        {
            savedAt = _time.GetTimestamp();
            slot.TrySaveState(isClean: false);
        }
    }
}
