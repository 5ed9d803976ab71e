namespace TelemetryActors.Engine;

/// <summary>The one thread of a pipeline that never waits for a sink: each second it looks at every supervisor and nudges every worker.</summary>
internal sealed class Heartbeat : IDisposable
{
    private readonly WakeUp _wakeUp;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly Action _beat;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    public Heartbeat(TimeProvider time, TimeSpan interval, Action beat)
    {
        _time = time;
        _interval = interval;
        _beat = beat;
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
        _thread.Join(within > TimeSpan.Zero ? within : TimeSpan.Zero);
        _wakeUp.Dispose();
    }

    public void Dispose() => End(TimeSpan.Zero);

    private void Run()
    {
        while (!_isStopping)
        {
            _wakeUp.WaitUntil(_time.GetUtcNow() + _interval);
            _beat();
        }
    }
}
