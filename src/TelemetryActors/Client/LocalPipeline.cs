using System.Diagnostics;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Sinks.Http;
using TelemetryActors.Sinks.Uploads;
using TelemetryActors.Slots;
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

    private static readonly TimeSpan TakeOverPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly TelemetryOptions _options;
    private readonly SlotSettings _settings;
    private readonly OwnSlot _own;
    private readonly SlotArrival _slotArrival;
    private readonly SlotMover _mover;
    private readonly LogSyncer _syncer;
    private readonly LogFlush _flush;
    private readonly LogWatch _logWatch;
    private readonly SlotKeeper _keeper;
    private readonly EventWriter _writer;
    private readonly RunRegistry _runs;
    private readonly UploadConsent _consent;
    private readonly TransitionRecorder _transitions;
    private readonly SlotTail _startTail;
    private readonly EngineSetup _setup;
    private readonly EngineArrival _arrival;

    // From before the engine's first look at a disk until the end: whoever waits for the log is watched over, whatever hangs.
    private readonly Heartbeat _watching;

    // Set behind the start, and called by the heartbeat.
    private volatile Action _followSettings = () => { };

    // Of the last words: whoever ends the engine before the rest.
    private volatile bool _hasEngineEnded;
    private TimeSpan _engineTook;

    private LocalPipeline(
        TelemetryOptions options, SlotSettings settings, WriterSlot slot, SlotArrival arrival, EventWriter writer, RunRegistry runs, UploadConsent consent)
    {
        _options = options;
        _settings = settings;
        _own = new OwnSlot(slot);
        _slotArrival = arrival;
        _writer = writer;
        _runs = runs;
        _consent = consent;
        _startTail = new SlotTail(slot.Number, slot.Ring.Tail);
        _keeper = new SlotKeeper(settings, _own, writer, runs, Report);
        _mover = new SlotMover(settings, _own, arrival, writer, GoOnIn);
        _logWatch = new LogWatch(_own, FindLog, options.Time);
        _transitions = new TransitionRecorder(writer, options.Agent, _own, _logWatch, new UnrecordedFaults(settings.Files, settings.Base.Path), Report);
        _syncer = new LogSyncer(_own, options.Log, options.Time, WakeLog, exception => Report("fsync", exception));
        var crashes = new CrashMarks(settings.Files, settings.Base.State);
        _setup = new EngineSetup(options, _own, arrival, _keeper, _syncer, consent, new CrashShipping(crashes, _keeper, options.Time), settings.Base, Report) { Create = CreateEngine, RecordEarlier = _transitions.RecordEarlier };
        _arrival = new EngineArrival(_setup, options, settings.Base, LookAtLog, Report);
        _flush = new LogFlush(_own, _syncer, crashes, WakeLog);
        _watching = new Heartbeat(options.Time, WatchInterval, LookAtLog, exception => Report("log", exception));
    }

    public BaseFolder Base => _settings.Base;

    public RingPlacement Placement => _settings.Placement;

    public WriterSlot Slot => _own.Now;

    /// <inheritdoc cref="LogWatch.WhyNot" />
    public string? LogFault => _logWatch.WhyNot;

    /// <summary>What was accepted and is not in the event log; known once it was disposed.</summary>
    public LeftAtEnd Left { get; private set; }

    public IReadOnlyList<SinkStatus> Sinks => _arrival.Statuses;

    /// <summary>What runs the sinks; null when it could not start, which was told, or when its disk keeps it from starting.</summary>
    /// <remarks>Whoever asks before it runs waits for it, as long as that may take; recording does not ask.</remarks>
    public IPipelineEngine? Engine => _arrival.Engine;

    /// <summary>Starts behind the ring: events are accepted at once, the engine comes up on a thread of its own meanwhile.</summary>
    public static LocalPipeline Start(
        TelemetryOptions options, SlotSettings settings, WriterSlot slot, SlotArrival arrival, EventWriter writer, RunRegistry runs, UploadConsent consent)
    {
        var pipeline = new LocalPipeline(options, settings, slot, arrival, writer, runs, consent);
        pipeline._keeper.NameOpenRuns(slot);
        pipeline._watching.Start();
        pipeline._arrival.Begin();
        return pipeline;
    }

    /// <summary>Waits until everything accepted before the call is on the device.</summary>
    public Task<FlushResult> FlushAsync() => _flush.FlushAsync();

    /// <summary>What was recorded last ends the process: waits until it is on the device and marked as not sent yet, as long as a dying process may.</summary>
    public void NoteCrash(TimeSpan limit) => _flush.NoteCrash(limit);

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
        if (!_arrival.TryWait(limit ?? TakeOverPatience))
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

    /// <summary>Looks at the settings of the base directory; called with each heartbeat.</summary>
    public Action FollowSettings
    {
        get => _followSettings;
        set => _followSettings = value;
    }

    /// <summary>Looks at the recorded consent now.</summary>
    public void LookAtConsent()
    {
        if (Engine is not null)
        {
            _setup.LookAtConsent();
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

            // Asked by its command file it refuses as well, which is recorded; here there is somebody to be told.
            if (sink == EventLogName && command.Kind == SinkCommandKind.Pause)
            {
                Report(new TelemetryFailure("command", $"{sink} is not paused: {CommandRules.EventLogStays}"));
                return;
            }

            engine.Command(sink, new AuditText(_options.Redaction).Of(command));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Report(sink, exception);
        }
    }

    /// <summary>Ends the engine before the rest, and leaves the door open: what is recorded from now on waits in the ring, until <see cref="DisposeAsync"/> brings it to the log itself.</summary>
    /// <remarks>For whoever must end the engine before those who record have ended. A flush says from now on that the client has ended.</remarks>
    public async Task EndEngineAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        _arrival.Dispose();
        await Task.WhenAny(_arrival.Settled, Task.Delay(_options.ShutdownBudget * PipelineEnd.EngineShare, TimeProvider.System)).ConfigureAwait(false);
        var (stopping, _) = _arrival.Stop();
        await stopping.ConfigureAwait(false);
        _hasEngineEnded = true;
        _logWatch.End();
        _engineTook = Stopwatch.GetElapsedTime(begun);
    }

    /// <summary>Ends in order within the budget: no new events, ring to log and device, one batch for each sink that takes it, cursors, slot.</summary>
    public async ValueTask DisposeAsync()
    {
        // One budget, whether the engine ends with the rest or before it.
        var left = _options.ShutdownBudget - _engineTook;
        var least = _options.ShutdownBudget * (1 - PipelineEnd.EngineShare);
        var end = new PipelineEnd(left > least ? left : least, _own, _syncer, _slotArrival, _logWatch, () => _arrival.CauseOfLog, Report);
        _own.Close();
        _arrival.Dispose();
        await end.WaitForStartAsync(_arrival.Settled).ConfigureAwait(false);
        _watching.End(_options.ShutdownBudget);
        var (stopping, isSettled) = _arrival.Stop();
        await end.RunAsync(stopping, isSettled, MayWriteRest).ConfigureAwait(false);
        _keeper.Dispose();
        Left = end.Remains;
        if (Left.InMemory > 0)
        {
            // A ring in a file is found by the next start; one in plain memory ends here.
            Report(new TelemetryFailure(LostName, $"{Left.InMemory} events are lost: they were in this process's memory alone, and the event log could not be written"));
        }
    }

    // Last words, which no engine has seen, and what was too much for a drain. A sink that still hangs keeps nobody; a disk that refuses was told.
    private bool MayWriteRest() => _arrival.Now is { HasLogEnded: true } && (_hasEngineEnded || _arrival.CauseOfLog is null);

    private SinkSupervisor? FindLog() => _arrival.Now?[EventLogName];

    private void WakeLog() => _arrival.WakeLog();

    // Touches no disk.
    private void LookAtLog() => _logWatch.Look(_arrival.Failed?.Circuit.Cause);

    private IPipelineEngine CreateEngine(IReadOnlyList<SinkDefinition> sinks) => _options.Engine(
        new PipelineDefinition(
            [EventLogSink.Define(_own, _mover, _options, _syncer, _arrival.TellOfLog), .. sinks],
            sink => ConsentGate.Guard(sink, () => _consent.Cover, _settings.Files, () => _own.Now, () => _consent.WhyNot))
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
            Raise = _transitions.Raise,
            Time = _options.Time,
            Files = _settings.Files,
            WhyHeld = () => _writer.Admission.WhyShut,
            OnHeartbeat = Beat,
        });

    private void Beat()
    {
        _logWatch.Keep();
        _keeper.Beat();
        if (_arrival.Now is { } engine)
        {
            _setup.BeatForCrashes(engine);
        }

        FollowSettings();
        _setup.LookAtConsent();
    }

    // On the log's thread, inside its call: the log goes on in the new slot with an account of its own, and the call's outcome is a late one.
    private void GoOnIn(SlotMoved moved)
    {
        _keeper.Follow(moved);
        _setup.NoteApp();
        Report(new TelemetryFailure("slot", moved.ToString()));
        if (Engine is not { } engine)
        {
            return;
        }

        foreach (var sink in _setup.Sinks)
        {
            engine.Wake(sink.Name);
        }

        var log = engine[EventLogName];
        log.Load(SinkState.Fresh with
        {
            // A stand-in is left when the disk has just taken all of it: what it refused before says nothing of the new slot.
            Circuit = moved.From.HasLock ? log.State.Circuit : CircuitRecord.Closed,
            IsPaused = log.State.IsPaused,
            Accounts = [SinkAccount.StartAt(moved.To.Number, moved.To.Log.Written)],
        });
    }

    private static bool HasSink(IPipelineEngine engine, string name) => engine.Statuses.Any(sink => sink.Name == name);

    private void Report(string where, Exception exception) => Report(new TelemetryFailure(where, exception.Message, exception));

    private void Report(TelemetryFailure failure) => FailureListener.Tell(_options.OnFailure, failure);
}
