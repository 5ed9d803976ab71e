using System.Diagnostics;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Encoding;
using TelemetryActors.Engine;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Sinks.Community;
using TelemetryActors.Sinks.Http;
using TelemetryActors.Sinks.JsonLines;
using TelemetryActors.Sinks.Uploads;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Client;

/// <summary>Everything behind a client: its writer slot, the event log's sink and the others, and the threads that run them.</summary>
internal sealed class LocalPipeline : IAsyncDisposable
{
    public const string EventLogName = "jsonl";

    /// <summary>Where the failure comes from that tells what of <see cref="Left"/> went with the process.</summary>
    public const string LostName = "lost";

    /// <summary>Where the failure comes from that tells what the end could not bring to the device.</summary>
    public const string EndName = "shutdown";

    // Waking the log's thread for each event would cost its caller more than the event: it gathers for a moment instead.
    // A quarter of the ring, a flush and a shutdown do not wait.
    private const int LingerEvents = 10_000;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LeftBehindTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TakeOverPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly TelemetryOptions _options;
    private readonly SlotSettings _settings;
    private readonly OwnSlot _own;
    private readonly SlotArrival _arrival;
    private readonly SlotMover _mover;
    private readonly LogSyncer _syncer;
    private readonly LogWatch _logWatch;
    private readonly SlotKeeper _keeper;
    private readonly CrashMarks _crashes;
    private readonly CrashShipping _crashShipping;
    private readonly EventScope _ownScope;
    private readonly EventWriter _writer;
    private readonly RunRegistry _runs;
    private readonly UploadConsent _consent;
    private readonly SlotTail _startTail;

    // Set once, by the thread that starts the engine.
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<SinkDefinition> _sinks = [];
    private volatile IPipelineEngine? _engine;
    private volatile SinkStatus? _failedStart;
    private volatile ConsentWatch? _watch;
    private volatile bool _isGivenUp;
    private volatile bool _isEnding;
    private readonly EngineStart _start;

    // From before the engine's first look at a disk until the end: whoever waits for the log is watched over, whatever hangs.
    private readonly Heartbeat _watching;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private int _toldOverdue;
    private volatile SinkStatus? _overdueStart;

    private LocalPipeline(
        TelemetryOptions options, SlotSettings settings, WriterSlot slot, SlotArrival arrival, EventWriter writer, RunRegistry runs, UploadConsent consent)
    {
        _options = options;
        _settings = settings;
        _own = new OwnSlot(slot);
        _arrival = arrival;
        _writer = writer;
        _runs = runs;
        _consent = consent;
        _startTail = new SlotTail(slot.Number, slot.Ring.Tail);
        _ownScope = new EventScope(options.Agent, null, null);
        _keeper = new SlotKeeper(settings, _own, writer, runs, Report);
        _crashes = new CrashMarks(settings.Files, settings.Base.State);
        _crashShipping = new CrashShipping(_crashes, _keeper, options.Time);
        _mover = new SlotMover(settings, _own, arrival, writer, GoOnIn);
        _logWatch = new LogWatch(_own, () => _engine?[EventLogName], options.Time);
        _syncer = new LogSyncer(_own, options.Log, options.Time, WakeLog, exception => Report("fsync", exception));
        _start = new EngineStart(StartEngine, FailStart, options.Time);
        _watching = new Heartbeat(options.Time, WatchInterval, LookAtLog, exception => Report("log", exception));
    }

    public BaseFolder Base => _settings.Base;

    public RingPlacement Placement => _settings.Placement;

    public WriterSlot Slot => _own.Now;

    /// <summary>What was accepted and is not in the event log; known once it was disposed.</summary>
    public LeftAtEnd Left { get; private set; }

    public IReadOnlyList<SinkStatus> Sinks => Engine?.Statuses ?? ((_failedStart ?? _overdueStart) is { } none ? [none] : []);

    /// <summary>What runs the sinks; null when it could not start, which was told, or when its disk keeps it from starting.</summary>
    /// <remarks>Whoever asks before it runs waits for it, as long as it may take to come up, counted from the start; recording does not ask.</remarks>
    public IPipelineEngine? Engine => WaitForStart(EnginePatience - Stopwatch.GetElapsedTime(_begun)) ? _engine : null;

    // Once for the writer slot, and as long again for the engine.
    private TimeSpan EnginePatience => _options.StartBudget * 2;

    /// <summary>Starts behind the ring: events are accepted at once, the engine comes up on a thread of its own meanwhile.</summary>
    public static LocalPipeline Start(
        TelemetryOptions options, SlotSettings settings, WriterSlot slot, SlotArrival arrival, EventWriter writer, RunRegistry runs, UploadConsent consent)
    {
        var pipeline = new LocalPipeline(options, settings, slot, arrival, writer, runs, consent);
        pipeline._keeper.NameOpenRuns(slot);
        pipeline._watching.Start();
        pipeline._start.Begin();
        return pipeline;
    }

    /// <summary>Waits until everything accepted before the call is on the device.</summary>
    public Task<FlushResult> FlushAsync()
    {
        var slot = _own.Now;
        var tail = slot.Ring.Tail.Position;
        if (slot.Log.Synced >= tail)
        {
            return Task.FromResult(slot.Flushes.TakeVerdict());
        }

        // First the wish, then the look: the writer does it the other way round, so one of the two sees the other.
        var flushed = slot.Flushes.WaitFor(tail);
        Interlocked.MemoryBarrier();
        var (isWritten, hasMoved) = (slot.Log.WrittenPosition >= tail, _own.Now != slot);
        if (isWritten || hasMoved)
        {
            _syncer.Request();
        }

        // What was written in a slot that was lost meanwhile may still be to be written in the one that took its place.
        if (!isWritten || hasMoved)
        {
            WakeLog();
        }

        return flushed;
    }

    /// <summary>What was recorded last ends the process: waits until it is on the device and marked as not sent yet, as long as a dying process may.</summary>
    public void NoteCrash(TimeSpan limit)
    {
        var slot = _own.Now;
        var behind = new SlotTail(slot.Number, slot.Ring.Tail);
        var noting = DiskCall.Begin("crash", () =>
        {
            _crashes.Note(behind);
            return true;
        });
        var begun = Stopwatch.GetTimestamp();
        FlushAsync().Wait(limit);
        DiskCall.TryWait(noting, limit - Stopwatch.GetElapsedTime(begun), out _);
    }

    public Task<bool> FlushSinksAsync(IReadOnlyCollection<string> sinks, TimeSpan timeout)
    {
        if (Engine is not { } engine)
        {
            return Task.FromResult(false);
        }

        foreach (var name in sinks.Where(name => !HasSink(engine, name)))
        {
            Report(new TelemetryFailure("flush", $"There is no sink {name}."));
        }

        return engine.FlushAsync(sinks, timeout);
    }

    /// <summary>Brings what dead writers left to the log and closes their runs, and finds what living ones have, now and not at the next heartbeat.</summary>
    /// <param name="limit">How long the engine is waited for; null for a minute.</param>
    /// <returns>False when the disk does not let it come up in that time.</returns>
    public bool TakeOverDeadWriters(TimeSpan? limit = null)
    {
        if (!WaitForStart(limit ?? TakeOverPatience))
        {
            return false;
        }

        _keeper.TakeOver();
        _keeper.FindOthers();
        return true;
    }

    /// <summary>Changes size and age of the upload's batches.</summary>
    public void SetBatching(TelemetryOptions options) =>
        Engine?.SetBatching(HttpSinkRegistration.DefaultName, options.Http.MaxBufferSize, options.Http.FlushInterval);

    /// <summary>Looks at the recorded consent now.</summary>
    public void LookAtConsent()
    {
        if (Engine is not null)
        {
            _watch?.Look();
        }
    }

    public void Command(string sink, SinkCommand command)
    {
        try
        {
            if (Engine is not { } engine)
            {
                return;
            }

            // A name becomes a file's name: one that is no sink's could be a path to anywhere.
            if (!HasSink(engine, sink))
            {
                Report(new TelemetryFailure("command", $"There is no sink {sink}."));
                return;
            }

            engine.Command(sink, command);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Report(sink, exception);
        }
    }

    /// <summary>Ends in order within the budget: no new events, ring to log and device, one batch for each sink that takes it, cursors, slot.</summary>
    public async ValueTask DisposeAsync()
    {
        var end = new PipelineEnd(_options.ShutdownBudget, _own, _syncer, _arrival, _logWatch, CauseNow, Report);
        _own.Close();
        lock (_start)
        {
            _isEnding = true;
        }

        _start.Dispose();
        await end.WaitForStartAsync(_started.Task).ConfigureAwait(false);
        _watching.End(_options.ShutdownBudget);
        _isGivenUp = !_started.Task.IsCompleted;
        await end.RunAsync(_isGivenUp ? Task.FromResult(false) : _engine?.StopAsync() ?? Task.FromResult(true), !_isGivenUp).ConfigureAwait(false);
        _keeper.Dispose();
        Left = end.Remains;
        TellLost();
    }

    // A ring in a file is found by the next start; one in plain memory ends here.
    private void TellLost()
    {
        if (Left.InMemory > 0)
        {
            Report(new TelemetryFailure(LostName, $"{Left.InMemory} events are lost: they were in this process's memory alone, and the event log could not be written"));
        }
    }

    // Why the log takes nothing now, as far as that is known: a disk that does not answer tells nothing.
    private string? CauseNow() => (_engine?[EventLogName].Status ?? _failedStart) is not { } log ? null
        : log.Circuit.Cause ?? (log.LastErrorAt > (log.LastDeliveredAt ?? DateTimeOffset.MinValue) ? log.LastError : null);

    private void StartEngine()
    {
        IPipelineEngine? engine = null;
        try
        {
            var isAwaited = _arrival.IsAwaited;
            if (!isAwaited)
            {
                // Before anything leaves the ring: from here on the next start knows of this writer even when the machine dies.
                _own.Now.TrySaveState(isClean: false);
            }

            _own.Now.Ring.Touch();
            _syncer.Start();
            _sinks = SinkList.Of(_options, () => _consent.IsGiven, new DeviceIdentityFile(_options.Files, _settings.Base.Path, _options.DeviceId));
            engine = CreateEngine();
            if (!isAwaited)
            {
                LookAtBase(engine);
            }

            // The slot itself may be a dead writer's: its runs are closed before anything else is done with it.
            _keeper.CloseRunsOfOwn();
            if (!isAwaited)
            {
                FindOthersFirst();
            }

            lock (_start)
            {
                if (_isGivenUp || (_isEnding && _started.Task.IsCompleted))
                {
                    // Nobody waits for a later try any more; the first brings to the log what was accepted, however early the end came.
                    return;
                }

                engine.Start();
                _engine = engine;
            }

            _failedStart = null;
            if (isAwaited)
            {
                // The disk may hold this thread for ever; nobody waits for it any more.
                engine[EventLogName].Fault(SlotArrival.Awaited(_settings.Base));
                TellStarted();
                LookAtBase(engine);
            }

            SendWhatDeadWritersLeft(engine);
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
            TellStarted();
        }
    }

    // Who wished for a flush before was not heard, and the log's thread may have looked before that: at a start that is tried again as well.
    private void TellStarted()
    {
        _started.TrySetResult();
        _engine?.Wake(EventLogName);
    }

    private void LookAtBase(IPipelineEngine engine)
    {
        _watch = new ConsentWatch(_sinks, _consent, engine, _options.Time, Report);
        NoteApp();
    }

    // Without an engine nothing brings the ring to the log: nobody is held up or kept waiting for that, and it is seen from outside.
    private void FailStart(Exception exception, DateTimeOffset? again)
    {
        var cause = $"The pipeline could not be started: {exception.Message}";
        _failedStart = EngineStart.StatusOf(EventLogName, cause, _options.Time.GetUtcNow(), again);
        LookAtLog();
        Report("start", exception);
    }

    private bool WaitForStart(TimeSpan limit)
    {
        if (_started.Task.Wait(limit > TimeSpan.Zero ? limit : TimeSpan.Zero))
        {
            return true;
        }

        if (Interlocked.Exchange(ref _toldOverdue, 1) == 0)
        {
            var cause = $"The base directory {Base.Path} does not answer: the sinks do not run yet, and events are held in the ring.";
            _overdueStart = EngineStart.StatusOf(EventLogName, cause, _options.Time.GetUtcNow(), again: null);
            Report(new TelemetryFailure("start", cause));
        }

        return false;
    }

    // Touches no disk.
    private void LookAtLog() => _logWatch.Look(_failedStart?.Circuit.Cause);

    private IPipelineEngine CreateEngine() => _options.Engine(
        new PipelineDefinition([EventLogSink(), .. _sinks], sink => ConsentGate.Guard(sink, () => _consent.Cover, _settings.Files, () => _own.Now, () => _consent.WhyNot))
        {
            Supervision = new SupervisionPolicy { ShutdownBudget = _options.ShutdownBudget * PipelineEnd.EngineShare },
        },
        new EngineEnvironment
        {
            BaseDirectory = _settings.Base.Path,
            Sources = () => _keeper.Sources,
            StartTails = [_startTail],
            IsGone = _keeper.IsGone,
            Signal = new RingSignal(() => _own.Now.Ring),
            Intake = new LineIntake(_writer, () => _own.Now.Ring.Capacity, FlushAsync),
            OpenRuns = () => _runs.Progress,
            RunLease = _options.RunLease,
            Raise = Raise,
            Time = _options.Time,
            Files = _settings.Files,
            OnHeartbeat = Beat,
        });

    // Who needs no consent: the owner's own places, which should not wait for a crash until a batch is full or old.
    private IReadOnlyList<string> OwnPlaces => [.. _sinks.Where(sink => sink is { State: not KeptState.None, NeedsConsent: false }).Select(sink => sink.Name)];

    // What ended the last writer may be in what it left, and what ended an earlier one is marked.
    private void SendWhatDeadWritersLeft(IPipelineEngine engine)
    {
        var own = OwnPlaces;
        if (_own.Now.Start.IsOfDeadWriter && own.Count > 0)
        {
            _ = engine.FlushAsync(own, LeftBehindTime);
        }

        SendCrashes(() => _crashShipping.Look(engine, own));
    }

    private void SendCrashes(Action look)
    {
        try
        {
            look();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Report("crash", exception);
        }
    }

    // A sink that begins at the tail begins so in every slot that is there: found a moment later, one would be taken for new.
    private void FindOthersFirst()
    {
        try
        {
            if (_sinks.Any(sink => sink.StartsAtTail))
            {
                _keeper.FindOthers();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Report("slots", exception);
        }
    }

    private void NoteApp()
    {
        var slot = _own.Now;
        if (_options.Community.Endpoint is null)
        {
            return;
        }

        try
        {
            if (_options.EnableCommunity)
            {
                new AppRegistry(_options.Files, _settings.Base.Path)
                    .Note(slot.Number, slot.Ring.Instance, AppIdentity.Of(_options.Community), _options.Community.SendEvents, _options.Time.GetUtcNow());
            }
            else
            {
                CommunitySinkRegistration.Forget(_options.Files, _settings.Base.Path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Report(CommunitySinkRegistration.Name, exception);
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
        _logWatch.Keep();
        _keeper.Beat();
        if (_engine is { } engine)
        {
            SendCrashes(() => _crashShipping.Beat(engine, OwnPlaces));
        }

        _watch?.Look();
    }

    // On the log's thread, inside its call: the log goes on in the new slot with an account of its own, and the call's outcome is a late one.
    private void GoOnIn(SlotMoved moved)
    {
        _keeper.Follow(moved);
        NoteApp();
        Report(new TelemetryFailure("slot", moved.ToString()));
        if (Engine is not { } engine)
        {
            return;
        }

        foreach (var sink in _sinks)
        {
            engine.Wake(sink.Name);
        }

        var log = engine[EventLogName];
        log.Load(SinkState.Fresh with
        {
            Circuit = log.State.Circuit,
            IsPaused = log.State.IsPaused,
            Accounts = [SinkAccount.StartAt(moved.To.Number, moved.To.Log.Written)],
        });
    }

    private SinkDefinition EventLogSink()
    {
        var ringBytes = _own.Now.Ring.Capacity;
        var policy = SinkPolicies.EventLog with
        {
            MaxBatchBytes = (int)Math.Min(SinkPolicies.EventLog.MaxBatchBytes, ringBytes / 8),
            FlushInterval = Linger,
            FlushEvents = LingerEvents,
        };
        return new SinkDefinition(
            EventLogName, policy, _ => new JsonLinesSink(_own, _mover, _options.Log.Fsync, _options.Time, _syncer.Request, TellOfLog))
        {
            State = KeptState.Own,
            IsEventLog = true,
            Hurry = () => _own.Now.Flushes.HasWaiters,
        };
    }

    private void TellOfLog(string cause)
    {
        if (_engine is { } engine)
        {
            engine[EventLogName].Fault(cause);
        }
        else
        {
            Report(new TelemetryFailure(EventLogName, cause));
        }
    }

    private void Raise(SinkTransition transition)
    {
        if (transition.Sink == EventLogName)
        {
            _logWatch.Look(transition.Kind is SinkTransitionKind.Opened or SinkTransitionKind.Misconfigured ? transition.Cause : null);
        }

        _writer.WriteOwn(
            "sink_" + SinkTransitionText.Of(transition.Kind),
            new FieldDetails(SinkTransitionText.Fields(transition)),
            _ownScope,
            transition.Kind is SinkTransitionKind.Closed or SinkTransitionKind.Commanded or SinkTransitionKind.Probing ? "info" : "warning");
        if (transition.Cause is { } cause && transition.Kind != SinkTransitionKind.Commanded)
        {
            Report(new TelemetryFailure(
                transition.Sink,
                transition.Kind == SinkTransitionKind.EventsGone ? $"{transition.Events} events were gone before they could be read: {cause}"
                : transition.Sink == EventLogName ? CauseOfLog(cause) : cause));
        }
    }

    // What the log keeps for another try is kept for a later start only where the ring outlives the process.
    private string CauseOfLog(string cause) => _own.Now.Ring.Path is null ? cause.Replace("; kept", "; so far in memory alone", StringComparison.Ordinal) : cause;

    private static bool HasSink(IPipelineEngine engine, string name) => engine.Statuses.Any(sink => sink.Name == name);

    private void Report(string where, Exception exception) => Report(new TelemetryFailure(where, exception.Message, exception));

    private void Report(TelemetryFailure failure) => FailureListener.Tell(_options.OnFailure, failure);
}
