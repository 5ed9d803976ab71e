using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.TestKit.Conformance;

/// <summary>What an engine is to run in a conformance spec.</summary>
/// <param name="Pipeline">The sinks.</param>
/// <param name="Source">The only writer slot.</param>
/// <param name="Time">The clock.</param>
/// <param name="BaseDirectory">Where the files go.</param>
/// <param name="Raise">Takes the transitions.</param>
public sealed record PipelineSetup(PipelineDefinition Pipeline, MemoryEventSource Source, ManualTime Time, string BaseDirectory, Action<SinkTransition> Raise)
{
    /// <summary>Why no sink but the event log may get anything now; null while they may.</summary>
    public Func<string?> WhyHeld { get; init; } = () => null;
}
