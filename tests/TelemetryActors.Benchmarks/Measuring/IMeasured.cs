using TelemetryActors.Benchmarks.Files;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>A result that was held against the lines on disk.</summary>
internal interface IMeasured
{
    /// <summary>The rate that rounds are ranked by and that ratios are made of.</summary>
    double EventsPerSecond { get; }

    /// <summary>What is on disk.</summary>
    LineCount Lines { get; }
}
