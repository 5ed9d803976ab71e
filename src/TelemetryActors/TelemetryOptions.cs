using TelemetryActors.Engine;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Privacy;
using TelemetryActors.Sampling;
using TelemetryActors.Storage;

namespace TelemetryActors;

/// <summary>Everything that can be set about a client, in one object (S4.7b). Each default is the value that the product recommends.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The name of the agent or service, on every event that no run claims. Null leaves it out.</summary>
    public string? Agent { get; set; }

    /// <summary>The run of another process that this one works for: its events carry that run's id. Null: <c>TELEMETRY_RUN_ID</c>, which <c>telemetry exec</c> sets.</summary>
    public string? JoinRun { get; set; }

    /// <summary>Whether anything is recorded at all (S2.9). False wins from wherever it comes.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The directory that holds everything. Null: <c>TELEMETRY_BASE_DIR</c>, else the platform's (S4.7).</summary>
    public string? BaseDirectory { get; set; }

    /// <summary>The sizes.</summary>
    public TelemetryPreset Preset { get; set; }

    /// <summary>Bytes of the ring, from 128 KiB to 1 GiB; raised to a power of two. Null: the preset's.</summary>
    public long? RingBytes { get; set; }

    /// <summary>How long <c>Record</c> waits for room, once a stall and not once a call; 0 to 10 s, 50 ms.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long ending may take in all: what is left then stays in the ring and the log for the next start.</summary>
    public TimeSpan ShutdownBudget { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The event log.</summary>
    public LogOptions Log { get; set; } = new();

    /// <summary>What is redacted before anything is stored (S2.55, S2.56).</summary>
    public RedactionOptions Redaction { get; set; } = new();

    /// <summary>Which events are left out (S2.9).</summary>
    public SamplingOptions Sampling { get; set; } = new();

    /// <summary>Where events go besides the event log.</summary>
    public IList<SinkDefinition> Sinks { get; } = [];

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Told of what went wrong inside the telemetry, on one of its own threads; what it throws is ignored. Null: nobody is told, the counters still count.</summary>
    public Action<TelemetryFailure>? OnFailure { get; set; }

    internal Func<PipelineDefinition, EngineEnvironment, IPipelineEngine> Engine { get; set; } = (pipeline, environment) => new LocalEngine(pipeline, environment);

    internal IFileSystem Files { get; set; } = DiskFileSystem.Instance;
}
