using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;
using TelemetryActors.Engine;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Sinks.Http;
using TelemetryActors.Sinks.JsonLines;
using TelemetryActors.Slots;
using TelemetryActors.Supervision;

namespace TelemetryActors.Client;

/// <summary>Everything behind a client: its writer slot, the event log's sink and the others, and the threads that run them.</summary>
internal sealed class LocalPipeline : IAsyncDisposable
{
    public const string EventLogName = "jsonl";

    // Waking the log's thread for each event would cost its caller more than the event: it gathers for a moment instead.
    // A quarter of the ring, a flush and a shutdown do not wait.
    private const int LingerEvents = 10_000;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LastSyncBudget = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(30);

    private readonly TelemetryOptions _options;
    private readonly SlotSettings _settings;
    private readonly WriterSlot _slot;
    private readonly FlushQueue _flushes = new();
    private readonly LogSyncer _syncer;
    private readonly IReadOnlyList<SinkDefinition> _sinks;
    private readonly PipelineDefinition _definition;
    private readonly SlotKeeper _keeper;
    private readonly EventScope _ownScope;
    private readonly EventWriter _writer;
    private readonly RunRegistry _runs;
    private readonly UploadConsent _consent;
    private readonly SlotTail _startTail;
    private long _seenHead;
    private long _headMovedAt;

    // Set once, by the thread that starts the engine.
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IPipelineEngine? _engine;
    private ConsentWatch? _watch;
    private volatile bool _closedAbandoned;

    private LocalPipeline(
        TelemetryOptions options, SlotSettings settings, WriterSlot slot, EventWriter writer, RunRegistry runs, UploadConsent consent)
    {
        _options = options;
        _settings = settings;
        _slot = slot;
        _writer = writer;
        _runs = runs;
        _consent = consent;
        _startTail = new SlotTail(slot.Number, slot.Ring.Tail);
        _ownScope = new EventScope(options.Agent, null, null);
        _keeper = new SlotKeeper(settings, slot, writer, runs, Report);
        _syncer = new LogSyncer(
            slot.Log, _flushes, options.Log, options.Time, WakeLog, exception => Report("fsync", exception));
        _sinks = SinkList.Of(options, consent, new DeviceIdentityFile(options.Files, settings.Base.Path, options.DeviceId));
        _definition = new PipelineDefinition([EventLogSink(), .. _sinks])
        {
            Supervision = new SupervisionPolicy { ShutdownBudget = options.ShutdownBudget },
        };
    }

    public BaseFolder Base => _settings.Base;

    public RingPlacement Placement => _settings.Placement;

    public WriterSlot Slot => _slot;

    public IReadOnlyList<SinkStatus> Sinks => Engine?.Statuses ?? [];

    /// <summary>What runs the sinks; null when it could not start, which was told.</summary>
    /// <remarks>Whoever asks before it runs waits for it; recording does not ask.</remarks>
    public IPipelineEngine? Engine
    {
        get
        {
            _started.Task.GetAwaiter().GetResult();
            return _engine;
        }
    }

    /// <summary>Starts behind the ring: events are accepted at once, the engine comes up on a thread of its own meanwhile.</summary>
    public static LocalPipeline Start(
        TelemetryOptions options, SlotSettings settings, WriterSlot slot, EventWriter writer, RunRegistry runs, UploadConsent consent)
    {
        var pipeline = new LocalPipeline(options, settings, slot, writer, runs, consent);
        slot.Log.OpenRuns = () => pipeline._closedAbandoned ? runs.Open : [.. runs.Open, .. slot.Abandoned];
        new Thread(pipeline.StartEngine) { IsBackground = true, Name = "telemetry start" }.Start();
        return pipeline;
    }

    /// <summary>Waits until everything accepted before the call is on the device.</summary>
    public Task<FlushResult> FlushAsync()
    {
        var tail = _slot.Ring.Tail.Position;
        if (_slot.Log.Synced >= tail)
        {
            return Task.FromResult(FlushResult.Durable);
        }

        // First the wish, then the look: the writer does it the other way round, so one of the two sees the other.
        var flushed = _flushes.WaitFor(tail);
        if (_slot.Log.WrittenPosition >= tail)
        {
            _syncer.Request();
        }
        else
        {
            WakeLog();
        }

        return flushed;
    }

    public Task<bool> FlushSinksAsync(IReadOnlyCollection<string> sinks, TimeSpan timeout) =>
        Engine?.FlushAsync(sinks, timeout) ?? Task.FromResult(false);

    /// <summary>Brings what dead writers left to the log and closes their runs, now and not at the next heartbeat.</summary>
    public void TakeOverDeadWriters()
    {
        _started.Task.GetAwaiter().GetResult();
        _keeper.TakeOver();
    }

    /// <summary>Changes size and age of the upload's batches.</summary>
    public void SetBatching(TelemetryOptions options) =>
        Engine?.SetBatching(HttpSinkRegistration.DefaultName, options.Http.MaxBufferSize, options.Http.FlushInterval);

    /// <summary>Looks at the recorded consent now.</summary>
    public void LookAtConsent()
    {
        _started.Task.GetAwaiter().GetResult();
        _watch?.Look();
    }

    public void Command(string sink, SinkCommand command)
    {
        try
        {
            Engine?.Command(sink, command);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Report(sink, exception);
        }
    }

    /// <summary>Ends in order within the budget: no new events, ring to log and device, one batch for each sink that takes it, cursors, slot.</summary>
    public async ValueTask DisposeAsync()
    {
        _slot.Ring.Close();
        await Task.WhenAny(_started.Task, Task.Delay(_options.ShutdownBudget, TimeProvider.System));
        var ended = _started.Task.IsCompleted && (_engine is null || await _engine.StopAsync());

        // A remote sink that still hangs is no reason to leave the log unsynced: what counts is that its own writer is through.
        ended |= _started.Task.IsCompleted && _slot.Log.WrittenPosition >= _slot.Ring.Tail.Position;
        ended &= _syncer.Stop(LastSyncBudget);
        _keeper.Dispose();
        if (ended)
        {
            SyncAtEnd();
        }

        _flushes.SetUnavailable("The client has ended.");
        _slot.Release(mayTouchLog: ended);
    }

    private void SyncAtEnd()
    {
        try
        {
            _slot.Log.RewriteWhatFailed();
            _slot.Log.Sync();
            _flushes.Complete(_slot.Log.Synced);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Report("fsync", exception);
        }
    }

    private void StartEngine()
    {
        try
        {
            var engine = _options.Engine(
                _definition,
                new EngineEnvironment
                {
                    BaseDirectory = _settings.Base.Path,
                    Sources = () => _keeper.Sources,
                    StartTails = [_startTail],
                    Signal = new RingSignal(_slot.Ring),
                    Intake = new LineIntake(_writer, _slot.Ring, FlushAsync),
                    OpenRuns = () => _runs.Progress,
                    RunLease = _options.RunLease,
                    Raise = Raise,
                    Time = _options.Time,
                    Files = _settings.Files,
                    OnHeartbeat = Beat,
                });
            _watch = new ConsentWatch(_sinks, _consent, engine, _options.Time, Report);

            // The slot itself may be a dead writer's: its runs are closed before anything else is done with it.
            _keeper.CloseAbandonedRuns(_slot);
            _closedAbandoned = true;
            engine.Start();
            _engine = engine;
        }
        catch (Exception exception)
        {
            Report("start", exception);
        }
        finally
        {
            _started.SetResult();
        }
    }

    // An engine that is still coming up looks for waiters by itself.
    private void WakeLog()
    {
        if (_started.Task.IsCompleted)
        {
            _engine?.Wake(EventLogName);
        }
    }

    private void Beat()
    {
        HoldOrLetGo(null);
        _keeper.Beat();
        _watch?.Look();
    }

    private SinkDefinition EventLogSink()
    {
        var ringBytes = _slot.Ring.Capacity;
        var policy = SinkPolicies.EventLog with
        {
            MaxBatchBytes = (int)Math.Min(SinkPolicies.EventLog.MaxBatchBytes, ringBytes / 8),
            FlushInterval = Linger,
            FlushEvents = LingerEvents,
        };
        return new SinkDefinition(
            EventLogName, policy, _ => new JsonLinesSink(_slot, _flushes, _options.Log.Fsync, _options.Time, _syncer.Request))
        {
            State = KeptState.Own,
            IsEventLog = true,
            Hurry = () => _flushes.HasWaiters,
        };
    }

    private void Raise(SinkTransition transition)
    {
        if (transition.Sink == EventLogName)
        {
            HoldOrLetGo(transition.Kind is SinkTransitionKind.Opened or SinkTransitionKind.Misconfigured ? transition.Cause : null);
        }

        _writer.WriteOwn(
            "sink_" + SinkTransitionText.Of(transition.Kind),
            new FieldDetails(SinkTransitionText.Fields(transition)),
            _ownScope,
            transition.Kind is SinkTransitionKind.Closed or SinkTransitionKind.Commanded or SinkTransitionKind.Probing ? "info" : "warning");
        if (transition.Cause is { } cause && transition.Kind != SinkTransitionKind.Commanded)
        {
            Report(new TelemetryFailure(transition.Sink, cause));
        }
    }

    // The ring holds its callers only while the log is written: by the circuit as it is now, whatever order transitions came in,
    // and by the log's progress, because a disk that hangs opens no circuit.
    private void HoldOrLetGo(string? cause)
    {
        var circuit = _engine?[EventLogName].Status.Circuit;
        var isOpen = circuit is null ? cause is not null : circuit.State != CircuitState.Closed;
        var reason = isOpen ? $"The event log cannot be written: {circuit?.Cause ?? cause}"
            : IsLogStuck() ? $"The event log has not moved for {_options.Time.GetElapsedTime(_headMovedAt).TotalSeconds:0} s"
            : null;
        _slot.Ring.Overwrites = reason is not null;
        _flushes.SetUnavailable(reason);
    }

    private bool IsLogStuck()
    {
        var head = _slot.Ring.Head;
        if (head != _seenHead || head >= _slot.Ring.Tail.Position || _headMovedAt == 0)
        {
            (_seenHead, _headMovedAt) = (head, _options.Time.GetTimestamp());
        }

        return _options.Time.GetElapsedTime(_headMovedAt) >= LongestStandstill;
    }

    private void Report(string where, Exception exception) => Report(new TelemetryFailure(where, exception.Message, exception));

    private void Report(TelemetryFailure failure) => FailureListener.Tell(_options.OnFailure, failure);
}
