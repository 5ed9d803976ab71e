using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>Runs the sinks of a <see cref="Pipeline.PipelineDefinition"/>: on threads, or as actors.</summary>
internal interface IPipelineEngine
{
    /// <summary>What the engine runs in.</summary>
    EngineEnvironment Environment { get; }

    /// <summary>What decides and counts for each sink, the event log first.</summary>
    IEnumerable<SinkSupervisor> Supervisors { get; }

    /// <summary>Every sink as its supervisor sees it now, the event log first.</summary>
    IReadOnlyList<SinkStatus> Statuses { get; }

    /// <summary>What decides and counts for a sink, whoever schedules it.</summary>
    SinkSupervisor this[string sink] { get; }

    /// <summary>Starts the sinks in the definition's order.</summary>
    void Start();

    /// <summary>Lets a sink look again now.</summary>
    void Wake(string sink);

    /// <summary>Changes how many events, and after what time, make a sink's batch; nothing happens for a sink that is not there.</summary>
    void SetBatching(string sink, int flushEvents, TimeSpan flushInterval);

    /// <summary>Appends a command to the sink's command file, where its supervisor finds it within a heartbeat.</summary>
    void Command(string sink, SinkCommand command);

    /// <summary>Drains in order - the event log first and all of it, then one batch of each closed sink - within one budget.</summary>
    /// <returns>True when every sink has ended; false when one still hangs.</returns>
    Task<bool> StopAsync();

    /// <summary>Whether nothing of the engine writes the event log any more, whatever other sinks still do: then its rest may be brought to the log from outside.</summary>
    bool HasLogEnded { get; }
}
