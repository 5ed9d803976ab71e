using TelemetryActors.Sampling;

namespace TelemetryActors.Client;

/// <summary>What decides at the door; replaced whole when settings change.</summary>
/// <param name="IsOpen">Whether anything is recorded.</param>
/// <param name="Sampler">Which events are left out; null lets all in.</param>
internal sealed record Admission(bool IsOpen, Sampler? Sampler);
