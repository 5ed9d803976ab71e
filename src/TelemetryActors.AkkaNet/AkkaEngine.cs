using Akka.Actor;
using Akka.Event;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.AkkaNet;

/// <summary>Runs a pipeline's sinks as actors of an Akka.NET system: the same definition, environment and decisions as the local engine, other schedulers.</summary>
internal sealed class AkkaEngine : IPipelineEngine, IAsyncDisposable
{
    private readonly ActorSystem _system;
    private readonly RunLineRelay? _runLines;
    private readonly PipelineDefinition _pipeline;
    private readonly EngineEnvironment _environment;
    private readonly List<SinkSupervisor> _decisions;
    private readonly List<SupervisorMemory> _memories;
    private readonly ThreadLife _chores = new();
    private Task<bool>? _stopped;
    private Task _looked = Task.CompletedTask;
    private volatile string? _stoppedByStranger;
    private volatile bool _isEnding;
    private volatile bool _hasGuardianEnded;

    public AkkaEngine(ActorSystem system, PipelineDefinition pipeline, EngineEnvironment environment, RunLineRelay? runLines = null)
    {
        system.Settings.InjectTopLevelFallback(EngineSettings.Reference);
        var (journal, snapshots) = RunJournal.PluginsOf(system, environment.BaseDirectory);
        Runs = new RunSettings { PersistencePrefix = "own-run-", Lease = environment.RunLease, OwnLines = runLines, Journal = journal, Snapshots = snapshots, Trouble = new JournalTrouble(environment.Time) };
        _system = system;
        _runLines = runLines;
        _pipeline = pipeline;
        _environment = environment with
        {
            Raise = transition =>
            {
                system.EventStream.Publish(transition);
                environment.Raise(transition);
            },
        };
        _decisions = [.. pipeline.Sinks.Select(sink => new SinkSupervisor(sink, pipeline.Supervision, _environment))];
        _memories = [.. _decisions.Select(decisions => new SupervisorMemory(decisions, _environment))];
    }

    /// <summary>The root of this pipeline's actors, once it was started.</summary>
    public IActorRef Guardian { get; private set; } = ActorRefs.Nobody;

    /// <summary>How this process's own runs are kept.</summary>
    public RunSettings Runs { get; }

    public EngineEnvironment Environment => _environment;

    public IEnumerable<SinkSupervisor> Supervisors => _decisions;

    public IReadOnlyList<SinkStatus> Statuses => [.. _decisions.Select((decisions, at) => at == 0 ? OfLog(decisions.Status) : decisions.Status)];

    public SinkSupervisor this[string sink] => _decisions.First(decisions => decisions.Definition.Name == sink);

    /// <summary>Starts the actors; touches no disk, because whoever ends the pipeline waits for this call.</summary>
    public void Start()
    {
        bool MayHoldRuns() => RunJournal.MayHoldRuns(_system.Settings.Config, Runs.Journal, _environment);

        // Made with its first use, which is on a background thread, and kept: the mapping of the tables is.
        var upkeep = new Lazy<RunUpkeep?>(() => RunUpkeep.Of(_system.Settings.Config, Runs), LazyThreadSafetyMode.PublicationOnly);
        var runs = Runs with
        {
            MayHoldRuns = MayHoldRuns,
            Upkeep = () => MayHoldRuns() ? upkeep.Value?.TakeOut(_environment.Time.GetUtcNow()) ?? 0 : 0,
        };
        Guardian = _system.ActorOf(TelemetryGuardian.Props(_pipeline, _environment, _memories, _chores, runs).WithDispatcher(EngineSettings.Dispatcher), GuardianName.Next(_system));
        _runLines?.Open(Guardian);
        _looked = TellWhenStoppedAsync();
    }

    public void Wake(string sink) => Guardian.Tell(new TelemetryGuardian.Wake(sink));

    public void SetBatching(string sink, int flushEvents, TimeSpan flushInterval)
    {
        foreach (var decisions in _decisions.Where(decisions => decisions.Definition.Name == sink))
        {
            decisions.SetBatching(flushEvents, flushInterval);
            Wake(sink);
        }
    }

    public void Command(string sink, SinkCommand command) =>
        new SinkCommandFile(_environment.Files, _environment.BaseDirectory, sink).Append(command);

    /// <returns>True when every sink has ended; false when one still hangs: the actors end all the same, and its thread when it lets go.</returns>
    public Task<bool> StopAsync()
    {
        _isEnding = true;
        return _stopped ??= StopOnceAsync();
    }

    /// <inheritdoc />
    public bool HasLogEnded => _hasGuardianEnded && _memories.Where(memory => memory.Decisions.Definition.IsEventLog).All(memory => memory.Sink.IsOver);

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    // The root has nobody above it who would start it anew: whoever stops it has stopped the telemetry, and is told where everybody looks.
    private SinkStatus OfLog(SinkStatus status) => _stoppedByStranger is { } cause
        ? status with { Circuit = status.Circuit with { State = CircuitState.Open, Cause = cause, OpenUntil = null }, LastError = cause }
        : status;

    // A system that ends stops everything below its /user, with a coordinated shutdown or without one.
    private bool IsSystemEnding => _system.WhenTerminated.IsCompleted
        || CoordinatedShutdown.Get(_system).ShutdownReason is not null
        || ((ExtendedActorSystem)_system).Guardian is ActorRefWithCell { Underlying.ChildrenContainer.IsTerminating: true };

    private async Task TellWhenStoppedAsync()
    {
        var guardian = Guardian;
        await EndOfGuardian().ConfigureAwait(false);
        if (!_isEnding && !IsSystemEnding)
        {
            _stoppedByStranger = $"somebody stopped {guardian.Path}, the root of the telemetry's actors: nothing is written or sent before this process starts anew";
            _system.Log.Error("Telemetry: {0}. Find who tells it PoisonPill or stops it. What is recorded waits in the ring, as far as that holds.", _stoppedByStranger);
        }
    }

    private async Task<bool> StopOnceAsync()
    {
        if (Guardian.IsNobody())
        {
            return true;
        }

        var ended = EndAsync();
        _runLines?.Close();
        Guardian.Tell(new SinkProtocol.Drain());
        try
        {
            await ended.WaitAsync(_pipeline.Supervision.CutOff, _environment.Time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            // The actors' threads keep it when they are stopped.
            _decisions.ForEach(decisions => decisions.CutOff());
            _system.Stop(Guardian);
            await Task.WhenAny(ended, Task.Delay(_pipeline.Supervision.ShutdownBudget - _pipeline.Supervision.CutOff, _environment.Time)).ConfigureAwait(false);
            return false;
        }
    }

    // Who ended may have left something to keep to a thread, for which nothing but this waits.
    private async Task EndAsync()
    {
        await EndOfGuardian().ConfigureAwait(false);
        _hasGuardianEnded = true;
        await Task.WhenAll([_looked, _chores.WhenOver(), .. _memories.Select(memory => memory.Files.WhenOver())]).ConfigureAwait(false);
    }

    // The framework's own await would take the caller's context with it, whose one thread may be waiting for this.
    private Task<bool> EndOfGuardian()
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return Guardian.WatchAsync();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
