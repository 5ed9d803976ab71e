using TelemetryActors.Sampling;

namespace TelemetryActors.Client;

/// <summary>What decides at the door, and behind it for all sinks but the event log; replaced whole when settings change.</summary>
/// <param name="WhyShut">Why nothing is recorded or sent; null while telemetry is on.</param>
/// <param name="Sampler">Which events are left out; null lets all in.</param>
internal sealed record Admission(string? WhyShut, Sampler? Sampler)
{
    /// <summary>Whether anything is recorded.</summary>
    public bool IsOpen => WhyShut is null;
}
