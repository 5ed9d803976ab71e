using TelemetryActors.Engine;
using TelemetryActors.Supervision;

namespace TelemetryActors.Client;

/// <summary>Starts the engine on a thread of its own, and tries again with growing waits while it does not start.</summary>
/// <param name="start">Starts it, or throws.</param>
/// <param name="onFailure">Told why it did not start and when it is tried again; null when it is not.</param>
/// <param name="time">The clock.</param>
internal sealed class EngineStart(Action start, Action<Exception, DateTimeOffset?> onFailure, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private readonly WakeUp _wakeUp = new(time);
    private volatile bool _isEnding;

    /// <summary>What there is to see of a pipeline whose engine does not run: its event log takes nothing.</summary>
    public static SinkStatus StatusOf(string name, string cause, DateTimeOffset now, DateTimeOffset? again) => new()
    {
        Name = name,
        Circuit = new CircuitRecord { State = CircuitState.Open, Cause = cause, OpenUntil = again },
        IsPaused = false,
        IsElsewhere = false,
        IsBusy = false,
        LastError = cause,
        LastErrorAt = now,
        LastDeliveredAt = null,
        Restarts = 0,
        Accounts = [],
    };

    public void Begin() => new Thread(Run) { IsBackground = true, Name = "telemetry start" }.Start();

    /// <summary>Tries no more.</summary>
    public void End()
    {
        _isEnding = true;
        _wakeUp.Set();
    }

    public void Dispose()
    {
        End();
        _wakeUp.Dispose();
    }

    private void Run()
    {
        for (var wait = FirstWait; !TryStart(wait); wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            // Whoever ends it has it woken: a wait that begins after that is over at once.
            _wakeUp.WaitUntil(time.GetUtcNow() + wait);
            if (_isEnding)
            {
                return;
            }
        }
    }

    private bool TryStart(TimeSpan wait)
    {
        try
        {
            start();
            return true;
        }
        catch (Exception exception)
        {
            onFailure(exception, _isEnding ? null : time.GetUtcNow() + wait);
            return false;
        }
    }
}
