using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>What the local engine runs in.</summary>
internal sealed record EngineEnvironment
{
    /// <summary>Where the files of the pipeline are.</summary>
    public required string BaseDirectory { get; init; }

    /// <summary>The streams of all writer slots, this process's own first; may change from call to call.</summary>
    public required Func<IReadOnlyList<IEventSource>> Sources { get; init; }

    /// <summary>Whether nothing is left of a writer slot, neither files nor state: what still waits for its events waits for nothing.</summary>
    public Func<int, bool> IsGone { get; init; } = _ => false;

    /// <summary>Where the streams' tails were when recording began: a sink that starts at the tail starts there, however late its thread does.</summary>
    public IReadOnlyList<SlotTail> StartTails { get; init; } = [];

    /// <summary>Wakes sinks when this process's own stream has new events.</summary>
    public required IEventSignal Signal { get; init; }

    /// <summary>The door for lines that others have encoded; null where there is none.</summary>
    public ILineIntake? Intake { get; init; }

    /// <summary>The runs that this process's handles have open, each with the number of its newest line; safe from any thread.</summary>
    public Func<IReadOnlyCollection<OpenRun>> OpenRuns { get; init; } = () => [];

    /// <summary>How long a run of another process may be silent.</summary>
    public TimeSpan RunLease { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Takes what happens to sinks; called outside all locks, must return at once, may be called from several threads.</summary>
    public required Action<SinkTransition> Raise { get; init; }

    /// <summary>Why no sink but the event log may get anything now, as telemetry is switched off; null while they may. Asked often and by any thread, answers at once.</summary>
    public Func<string?> WhyHeld { get; init; } = () => null;

    /// <summary>Called at each heartbeat, on its thread.</summary>
    public Action OnHeartbeat { get; init; } = () => { };

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The disk.</summary>
    public IFileSystem Files { get; init; } = DiskFileSystem.Instance;

    /// <summary>Random numbers from 0 to 1 for the circuits' open times.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;
}
