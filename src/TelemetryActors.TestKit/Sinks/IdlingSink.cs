using TelemetryActors.Delivery;
using TelemetryActors.Engine;

namespace TelemetryActors.TestKit.Sinks;

/// <summary>Has something to do without events, and notices when that comes in the middle of a call.</summary>
internal sealed class IdlingSink : RecordingSink, IIdleWork
{
    private readonly ManualResetEventSlim _mayGoOn = new(initialState: true);
    private int _turns;
    private volatile bool _isCalled;
    private volatile bool _wasDisturbed;

    /// <summary>What the idle work throws; null when it throws nothing.</summary>
    public Exception? Fault { get; init; }

    /// <summary>How often there was idle work.</summary>
    public int Turns => Volatile.Read(ref _turns);

    /// <summary>Whether there was idle work while a call was under way.</summary>
    public bool WasDisturbed => _wasDisturbed;

    /// <summary>Lets the next call hang.</summary>
    public void Stall() => _mayGoOn.Reset();

    /// <summary>Lets the call that hangs go on.</summary>
    public void Release() => _mayGoOn.Set();

    public void DoIdleWork()
    {
        _wasDisturbed |= _isCalled;
        Interlocked.Increment(ref _turns);
        if (Fault is { } fault)
        {
            throw fault;
        }
    }

    protected override async ValueTask<SinkOutcome> AnswerAsync(SinkBatch batch, CancellationToken cancellation)
    {
        _isCalled = true;
        await Task.Yield();
        _mayGoOn.Wait(CancellationToken.None);
        _isCalled = false;
        return SinkOutcome.Delivered;
    }
}
