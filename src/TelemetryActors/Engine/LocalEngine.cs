using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>Runs a pipeline's sinks in this process: a thread a sink, a heartbeat for all, no dependency.</summary>
internal sealed class LocalEngine : IPipelineEngine, IAsyncDisposable
{
    private readonly PipelineDefinition _pipeline;
    private readonly EngineEnvironment _environment;
    private readonly List<(SinkSupervisor Supervisor, SinkWorker Worker)> _sinks = [];
    private readonly Heartbeat _heartbeat;
    private readonly Heartbeat _chores;
    private Task<bool>? _stopped;

    public LocalEngine(PipelineDefinition pipeline, EngineEnvironment environment)
    {
        _pipeline = pipeline;
        _environment = environment;
        foreach (var sink in pipeline.Sinks)
        {
            var supervisor = new SinkSupervisor(sink, pipeline.Supervision, environment);
            _sinks.Add((supervisor, new SinkWorker(supervisor, pipeline.Supervision, environment)));
        }

        _heartbeat = new Heartbeat(environment.Time, pipeline.Supervision.Heartbeat, Beat, TellBeat);

        // Looking after slots, and keeping what is seen of a call that hangs, touches the disk: on a thread of its own, so that no sink's time limit waits for it.
        _chores = new Heartbeat(environment.Time, pipeline.Supervision.Heartbeat, DoChores, TellBeat);
    }

    public EngineEnvironment Environment => _environment;

    public IEnumerable<SinkSupervisor> Supervisors => _sinks.Select(sink => sink.Supervisor);

    /// <summary>Every sink as its supervisor sees it now, the event log first.</summary>
    public IReadOnlyList<SinkStatus> Statuses => [.. _sinks.Select(sink => sink.Supervisor.Status)];

    public SinkSupervisor this[string sink] => _sinks.First(entry => entry.Supervisor.Definition.Name == sink).Supervisor;

    public void Start()
    {
        foreach (var (_, worker) in _sinks)
        {
            worker.Start();
        }

        _heartbeat.Start();
        _chores.Start();
    }

    /// <summary>Lets a sink's thread look again now.</summary>
    public void Wake(string sink) => _sinks.First(entry => entry.Supervisor.Definition.Name == sink).Worker.Wake();

    /// <summary>Changes size and age of a sink's batches; a sink that is not there is none's concern.</summary>
    public void SetBatching(string sink, int flushEvents, TimeSpan flushInterval)
    {
        foreach (var (supervisor, worker) in _sinks.Where(entry => entry.Supervisor.Definition.Name == sink))
        {
            supervisor.SetBatching(flushEvents, flushInterval);
            worker.Wake();
        }
    }

    /// <summary>Appends a command to the sink's command file, where its supervisor finds it within a heartbeat.</summary>
    public void Command(string sink, SinkCommand command) =>
        new SinkCommandFile(_environment.Files, _environment.BaseDirectory, sink).Append(command);

    /// <summary>Drains in order - the event log first and all of it, then one batch of each closed sink - within one budget.</summary>
    /// <returns>True when every thread has ended; false when a sink still hangs, which ends with the process.</returns>
    public Task<bool> StopAsync() => _stopped ??= StopOnceAsync();

    /// <inheritdoc />
    public bool HasLogEnded => _sinks.Where(sink => sink.Supervisor.Definition.IsEventLog).All(sink => sink.Worker.Ended.IsCompleted);

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async Task<bool> StopOnceAsync()
    {
        var started = _environment.Time.GetTimestamp();
        TimeSpan Left() => _pipeline.Supervision.ShutdownBudget - _environment.Time.GetElapsedTime(started);
        var ended = true;
        foreach (var stage in _sinks.GroupBy(sink => sink.Supervisor.Definition.IsEventLog).OrderByDescending(stage => stage.Key))
        {
            var workers = stage.Select(sink => sink.Worker).ToList();
            workers.ForEach(worker => worker.Stop());
            ended &= await AllEndedAsync(workers, stage.Key ? Left() : Left() - (_pipeline.Supervision.ShutdownBudget - _pipeline.Supervision.CutOff)).ConfigureAwait(false);
        }

        if (!ended)
        {
            await CutOffAsync(Left()).ConfigureAwait(false);
        }

        _heartbeat.End(Left());
        _chores.End(Left());
        _sinks.ForEach(sink => sink.Worker.Dispose());
        return ended;
    }

    // A disk that hangs holds a thread of its own, and what it would have kept is not kept.
    private async Task CutOffAsync(TimeSpan budget)
    {
        var cut = _sinks.Where(sink => sink.Supervisor.CutOff()).ToList();
        if (cut.Count == 0)
        {
            return;
        }

        var cutting = DiskCall.Begin("cut off", () =>
        {
            cut.ForEach(sink => sink.Worker.KeepCutOff());
            return true;
        });
        try
        {
            await cutting.WaitAsync(budget > TimeSpan.Zero ? budget : TimeSpan.Zero, _environment.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _sinks[0].Supervisor.Fault("the disk did not take in time what was cut off at the end");
        }
    }

    private async Task<bool> AllEndedAsync(IEnumerable<SinkWorker> workers, TimeSpan budget)
    {
        try
        {
            await Task.WhenAll(workers.Select(worker => worker.Ended)).WaitAsync(budget > TimeSpan.Zero ? budget : TimeSpan.Zero, _environment.Time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // The heartbeat is no sink's: what goes wrong in it is told by the first, the event log.
    private void TellBeat(Exception exception) => _sinks[0].Supervisor.Fault($"the heartbeat: {exception.GetType().Name}: {exception.Message}");

    private void DoChores()
    {
        _sinks.ForEach(sink => sink.Worker.ShowCall());
        _environment.OnHeartbeat();
    }

    private void Beat()
    {
        foreach (var (supervisor, worker) in _sinks)
        {
            supervisor.Tick();
            worker.Tick();
        }
    }
}
