namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>How long each call took, in ticks of the stopwatch.</summary>
internal sealed class RunTimes(int runs, int eventsOfARun)
{
    /// <summary>The starts.</summary>
    public long[] Starts { get; } = new long[runs];

    /// <summary>The events.</summary>
    public long[] Records { get; } = new long[runs * eventsOfARun];

    /// <summary>The ends.</summary>
    public long[] Ends { get; } = new long[runs];
}
