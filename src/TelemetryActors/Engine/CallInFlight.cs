using System.Diagnostics.CodeAnalysis;
using TelemetryActors.Delivery;

namespace TelemetryActors.Engine;

/// <summary>The call that a sink is busy with, and its time limit. Fields are touched under the supervisor's lock.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without timer or link holds nothing that must be given back.")]
internal sealed class CallInFlight(TimeProvider time)
{
    private CancellationTokenSource _cancellation = new();
    private long _started;
    private long _counted;
    private TimeSpan _timeout;
    private long _number;
    private long _shown;

    // Not an object for each call: most end before anybody looks.
    private DateTimeOffset _since;
    private bool _hasBegun;
    private bool _isSent;

    public bool IsRunning { get; private set; }

    public CancellationToken Token => _cancellation.Token;

    public bool IsOverTime => IsRunning && time.GetElapsedTime(_started) >= _timeout;

    /// <summary>Whether it was given up and has not ended, and another of its time limits has passed since it was counted last.</summary>
    public bool IsOverTimeAgain => _hasBegun && _isSent && !IsRunning && time.GetElapsedTime(_counted) >= _timeout;

    /// <summary>How long the sink itself has had it; zero before.</summary>
    public TimeSpan Elapsed => _isSent ? time.GetElapsedTime(_started) : TimeSpan.Zero;

    /// <summary>The call, until it has ended: longer than it counts when it was given up. Null when there is none.</summary>
    public CallUnderWay? UnderWay => _hasBegun ? new CallUnderWay(_since, _timeout, IsGivenUp: !IsRunning) : null;

    public void Begin(TimeSpan timeout)
    {
        // A source that was cancelled serves no further call; all others are used again.
        if (_cancellation.IsCancellationRequested)
        {
            _cancellation = new CancellationTokenSource();
        }

        _started = time.GetTimestamp();
        _timeout = timeout;
        _since = time.GetUtcNow();
        _hasBegun = IsRunning = true;
        _isSent = false;
        _number++;
    }

    /// <summary>The sink is called now: until here a slow disk of ours had it.</summary>
    public void Sent() => _isSent = true;

    public void End() => _hasBegun = IsRunning = false;

    /// <summary>The number of what happened to the call last, when it has run for a while and that was not shown yet; null otherwise.</summary>
    public long? ToShow(TimeSpan after) => _hasBegun && time.GetElapsedTime(_started) >= after && _number != _shown ? _number : null;

    /// <summary>What had this number is shown. What happened while it was being written has another.</summary>
    public void Shown(long number) => _shown = number;

    /// <summary>It has failed once more by hanging on; who looks from outside is to see what came of that.</summary>
    public void CountAgain()
    {
        _counted = time.GetTimestamp();
        _number++;
    }

    // What a sink hangs on its token runs on a thread of its own: it must stop neither the heartbeat nor borrow from the host's pool.
    public void Cancel()
    {
        IsRunning = false;
        _counted = time.GetTimestamp();
        _number++;
        var cancellation = _cancellation;
        new Thread(() => Cancel(cancellation)) { IsBackground = true, Name = "telemetry cancellation" }.Start();
    }

    private static void Cancel(CancellationTokenSource cancellation)
    {
        try
        {
            cancellation.Cancel();
        }
        catch (AggregateException)
        {
            // A callback of the sink threw; its call has been given up already.
        }
    }
}
