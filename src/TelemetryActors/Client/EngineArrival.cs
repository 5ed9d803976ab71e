using System.Diagnostics;
using TelemetryActors.Engine;
using TelemetryActors.Slots;
using TelemetryActors.Supervision;

namespace TelemetryActors.Client;

/// <summary>The engine that a start brings up on a thread of its own, tried again while it does not start: waited for no longer than that may take.</summary>
/// <remarks>Thread-safe. Recording does not ask for it.</remarks>
internal sealed class EngineArrival : IDisposable
{
    private readonly EngineSetup _setup;
    private readonly TelemetryOptions _options;
    private readonly BaseFolder _base;
    private readonly Action _onFailed;
    private readonly Action<TelemetryFailure> _report;
    private readonly EngineStart _start;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();

    // Set once, by the thread that starts the engine.
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IPipelineEngine? _engine;
    private volatile SinkStatus? _failed;
    private volatile SinkStatus? _overdue;
    private volatile bool _isGivenUp;
    private bool _isEnding;
    private int _toldOverdue;

    /// <param name="setup">Makes the engine, and does what goes before and behind its start.</param>
    /// <param name="options">How long a start may take, and the clock.</param>
    /// <param name="folder">The base directory, for what is told.</param>
    /// <param name="onFailed">Called when it could not be started, before that is told.</param>
    /// <param name="report">Takes what is to be told.</param>
    public EngineArrival(EngineSetup setup, TelemetryOptions options, BaseFolder folder, Action onFailed, Action<TelemetryFailure> report)
    {
        _setup = setup;
        _options = options;
        _base = folder;
        _onFailed = onFailed;
        _report = report;
        _start = new EngineStart(Start, Fail, options.Time);
    }

    /// <summary>The engine if it runs by now; nobody waits.</summary>
    public IPipelineEngine? Now => _engine;

    /// <summary>The engine; null when it could not start, which was told, or when its disk keeps it from starting.</summary>
    /// <remarks>Waits as long as it may take to come up, counted from the start.</remarks>
    public IPipelineEngine? Engine => TryWait(Patience - Stopwatch.GetElapsedTime(_begun)) ? _engine : null;

    /// <summary>What there is to see of the sinks: of the engine, or of why there is none.</summary>
    public IReadOnlyList<SinkStatus> Statuses => Engine?.Statuses ?? ((_failed ?? _overdue) is { } none ? [none] : []);

    /// <summary>How a start that has failed shows; null when none has, or one has succeeded since.</summary>
    public SinkStatus? Failed => _failed;

    /// <summary>Why the log takes nothing now, as far as that is known: a disk that does not answer tells nothing.</summary>
    public string? CauseOfLog => (_engine?[LocalPipeline.EventLogName].Status ?? _failed) is not { } log ? null
        : log.Circuit.Cause ?? (log.LastErrorAt > (log.LastDeliveredAt ?? DateTimeOffset.MinValue) ? log.LastError : null);

    /// <summary>Done once the engine runs, or could not be started at first.</summary>
    public Task Settled => _settled.Task;

    // Once for the writer slot, and as long again for the engine.
    private TimeSpan Patience => _options.StartBudget * 2;

    public void Begin() => _start.Begin();

    /// <summary>Waits until it is known whether the engine runs.</summary>
    /// <returns>False when the disk keeps that from being known in time, which is told once.</returns>
    public bool TryWait(TimeSpan limit)
    {
        if (Settled.Wait(limit > TimeSpan.Zero ? limit : TimeSpan.Zero))
        {
            return true;
        }

        if (Interlocked.Exchange(ref _toldOverdue, 1) == 0)
        {
            var cause = $"The base directory {_base.Path} does not answer: the sinks do not run yet, and events are held in the ring.";
            _overdue = EngineStart.StatusOf(LocalPipeline.EventLogName, cause, _options.Time.GetUtcNow(), again: null);
            _report(new TelemetryFailure("start", cause));
        }

        return false;
    }

    /// <summary>Has the log's sink look for what there is to do; an engine that is still coming up does so by itself.</summary>
    public void WakeLog()
    {
        if (Settled.IsCompleted)
        {
            _engine?.Wake(LocalPipeline.EventLogName);
        }
    }

    /// <summary>Tells of the log what is no outcome of a call: at its sink, where there is an engine.</summary>
    public void TellOfLog(string cause)
    {
        if (_engine is { } engine)
        {
            engine[LocalPipeline.EventLogName].Fault(cause);
        }
        else
        {
            _report(new TelemetryFailure(LocalPipeline.EventLogName, cause));
        }
    }

    /// <summary>Tries no more; a first try that is under way goes on. Said again, it changes nothing.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isEnding)
            {
                return;
            }

            _isEnding = true;
        }

        _start.Dispose();
    }

    /// <summary>Ends the engine, or gives up one that has not come by now.</summary>
    /// <returns>The engine's end, true when all its threads have ended; and whether it is known what became of its start.</returns>
    public (Task<bool> Stopping, bool IsSettled) Stop()
    {
        _isGivenUp = !Settled.IsCompleted;
        return (_isGivenUp ? Task.FromResult(false) : _engine?.StopAsync() ?? Task.FromResult(true), !_isGivenUp);
    }

    private void Start()
    {
        IPipelineEngine? engine = null;
        try
        {
            engine = _setup.Make();
            _setup.BeforeStart(engine);
            lock (_gate)
            {
                if (_isGivenUp || (_isEnding && Settled.IsCompleted))
                {
                    // Nobody waits for a later try any more; the first brings to the log what was accepted, however early the end came.
                    return;
                }

                engine.Start();
                _engine = engine;
            }

            _failed = null;
            _setup.AfterStart(engine, Settle);
        }
        catch when (engine is not null && _engine is null)
        {
            // What had begun of it must have ended before another one is tried: two engines would write the same log.
            if (!engine.StopAsync().GetAwaiter().GetResult())
            {
                _start.End();
            }

            throw;
        }
        finally
        {
            Settle();
        }
    }

    // Who wished for a flush before was not heard, and the log's thread may have looked before that: at a start that is tried again as well.
    private void Settle()
    {
        _settled.TrySetResult();
        _engine?.Wake(LocalPipeline.EventLogName);
    }

    // Without an engine nothing brings the ring to the log: nobody is held up or kept waiting for that, and it is seen from outside.
    private void Fail(Exception exception, DateTimeOffset? again)
    {
        var cause = $"The pipeline could not be started: {exception.Message}";
        _failed = EngineStart.StatusOf(LocalPipeline.EventLogName, cause, _options.Time.GetUtcNow(), again);
        _onFailed();
        _report(new TelemetryFailure("start", exception.Message, exception));
    }
}
