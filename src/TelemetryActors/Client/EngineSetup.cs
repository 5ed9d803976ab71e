using TelemetryActors.Configuration;
using TelemetryActors.Engine;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Slots;

namespace TelemetryActors.Client;

/// <summary>What stands around an engine's start: which sinks there are, what is looked at in the base directory before they run, and what is sent first.</summary>
/// <remarks>For the thread that starts the engine; what is asked of it later, any may ask.</remarks>
/// <param name="options">The client's options with every setting in them.</param>
/// <param name="own">The writer slot.</param>
/// <param name="arrival">The wait for the base directory.</param>
/// <param name="keeper">Looks after the writer slots.</param>
/// <param name="syncer">Brings the log to the device.</param>
/// <param name="consent">Asked before each upload.</param>
/// <param name="crashes">Sends crash events.</param>
/// <param name="folder">The base directory.</param>
/// <param name="report">Takes what failed, and where.</param>
internal sealed class EngineSetup(
    TelemetryOptions options, OwnSlot own, SlotArrival arrival, SlotKeeper keeper, LogSyncer syncer, UploadConsent consent, CrashShipping crashes, BaseFolder folder,
    Action<string, Exception> report)
{
    private static readonly TimeSpan LeftBehindTime = TimeSpan.FromMinutes(1);

    private readonly AppNote _app = new(options, folder, report);
    private volatile IReadOnlyList<SinkDefinition> _sinks = [];
    private volatile ConsentWatch? _watch;
    private bool _isAwaited;

    /// <summary>Makes the engine for these sinks, which are all but the event log's.</summary>
    public required Func<IReadOnlyList<SinkDefinition>, IPipelineEngine> Create { get; init; }

    /// <summary>Records what earlier programs could not record any more.</summary>
    public required Action RecordEarlier { get; init; }

    /// <summary>The sinks beside the event log's; none before the engine is made.</summary>
    public IReadOnlyList<SinkDefinition> Sinks => _sinks;

    // Who needs no consent: the owner's own places, which should not wait for a crash until a batch is full or old.
    private IReadOnlyList<string> OwnPlaces => [.. _sinks.Where(sink => sink is { State: not KeptState.None, NeedsConsent: false }).Select(sink => sink.Name)];

    public IPipelineEngine Make()
    {
        _isAwaited = arrival.IsAwaited;
        if (!_isAwaited)
        {
            // Before anything leaves the ring: from here on the next start knows of this writer even when the machine dies.
            own.Now.TrySaveState(isClean: false);
        }

        own.Now.Ring.Touch();
        syncer.Start();
        _sinks = SinkList.Of(options, () => consent.IsGiven, new DeviceIdentityFile(options.Files, folder.Path, options.DeviceId));
        return Create(_sinks);
    }

    public void BeforeStart(IPipelineEngine engine)
    {
        if (!_isAwaited)
        {
            LookAtBase(engine);
        }

        // The slot itself may be a dead writer's: its runs are closed before anything else is done with it.
        keeper.CloseRunsOfOwn();
        if (!_isAwaited)
        {
            FindOthersFirst();
        }
    }

    /// <param name="engine">It runs.</param>
    /// <param name="settle">Tells that to those who wait for it, before the disk may hold this thread.</param>
    public void AfterStart(IPipelineEngine engine, Action settle)
    {
        if (_isAwaited)
        {
            // The disk may hold this thread for ever; nobody waits for it any more.
            engine[LocalPipeline.EventLogName].Fault(SlotArrival.Awaited(folder));
            settle();
            LookAtBase(engine);
        }

        SendWhatDeadWritersLeft(engine);
    }

    /// <summary>Looks at the recorded consent now.</summary>
    public void LookAtConsent() => _watch?.Look();

    /// <summary>Looks for crash events that the owner's own places do not have, once a minute.</summary>
    public void BeatForCrashes(IPipelineEngine engine) => SendCrashes(() => crashes.Beat(engine, OwnPlaces));

    /// <summary>Notes which program records in the slot that is the own one now.</summary>
    public void NoteApp() => _app.Note(own.Now);

    private void LookAtBase(IPipelineEngine engine)
    {
        _watch = new ConsentWatch(_sinks, consent, engine, options.Time, report);
        NoteApp();
        RecordEarlier();
    }

    // What ended the last writer may be in what it left, and what ended an earlier one is marked.
    private void SendWhatDeadWritersLeft(IPipelineEngine engine)
    {
        var places = OwnPlaces;
        if (own.Now.Start.IsOfDeadWriter && places.Count > 0)
        {
            _ = engine.FlushAsync(places, LeftBehindTime);
        }

        SendCrashes(() => crashes.Look(engine, places));
    }

    private void SendCrashes(Action look)
    {
        try
        {
            look();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            report("crash", exception);
        }
    }

    // A sink that begins at the tail begins so in every slot that is there: found a moment later, one would be taken for new.
    private void FindOthersFirst()
    {
        try
        {
            if (_sinks.Any(sink => sink.StartsAtTail))
            {
                keeper.FindOthers();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            report("slots", exception);
        }
    }
}
