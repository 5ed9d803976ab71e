using TelemetryActors.Client;

namespace TelemetryActors.Engine;

/// <summary>A thread that does something at each beat, whatever that throws. A pipeline has one that looks at every supervisor and nudges every worker, one for what may wait for the disk, and one that watches the event log.</summary>
internal sealed class Heartbeat : IDisposable
{
    private readonly WakeUp _wakeUp;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly Action _beat;
    private readonly Action<Exception> _onFault;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    /// <param name="time">The clock.</param>
    /// <param name="interval">Between two beats.</param>
    /// <param name="beat">What is done at each.</param>
    /// <param name="onFault">Told what a beat threw, when the one before it did not throw the same.</param>
    public Heartbeat(TimeProvider time, TimeSpan interval, Action beat, Action<Exception> onFault)
    {
        _time = time;
        _interval = interval;
        _beat = beat;
        _onFault = onFault;
        _wakeUp = new WakeUp(time);
        _thread = new Thread(Run) { IsBackground = true, Name = "telemetry heartbeat" };
    }

    public void Start() => _thread.Start();

    /// <summary>Ends the thread; a beat that hangs in a dead disk ends with the process, not with its owner's patience.</summary>
    /// <param name="within">How long to wait for it.</param>
    public void End(TimeSpan within)
    {
        _isStopping = true;
        _wakeUp.Set();
        if (!_thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            _thread.Join(within > TimeSpan.Zero ? within : TimeSpan.Zero);
        }

        _wakeUp.Dispose();
    }

    public void Dispose() => End(TimeSpan.Zero);

    private void Run()
    {
        string? told = null;
        while (!_isStopping)
        {
            // Nothing unexpected may end the thread, and the host with it: it is told, and the next beat comes all the same.
            try
            {
                _wakeUp.WaitUntil(_time.GetUtcNow() + _interval);
                _beat();
                told = null;
            }
            catch (Exception exception)
            {
                Tell(exception, ref told);
            }
        }
    }

    private void Tell(Exception exception, ref string? told)
    {
        try
        {
            if (told != exception.Message)
            {
                _onFault(exception);
            }

            told = exception.Message;
        }
        catch (Exception unheard)
        {
            TelemetryEventSource.Log.Failed("heartbeat", unheard.Message);
        }
    }
}
