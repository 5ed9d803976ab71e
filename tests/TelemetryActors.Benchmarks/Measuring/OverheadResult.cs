using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>What recording costs a host that works 10 us for each event: shares of the host's own time.</summary>
/// <param name="Wall">How much longer the host took.</param>
/// <param name="Cpu">How much more the process computed, background threads included.</param>
/// <param name="EventsPerSecond">The pace the host had.</param>
/// <param name="Lines">What is on disk.</param>
internal sealed record OverheadResult(double Wall, double Cpu, double EventsPerSecond, LineCount Lines) : IMeasured;
