namespace TelemetryActors.Sampling;

/// <summary>Which events are admitted (S2.9, S2.67).</summary>
public sealed class SamplingOptions
{
    /// <summary>How events are chosen; all of them by default.</summary>
    public SamplingMode Mode { get; set; } = SamplingMode.Always;

    /// <summary>The share that <see cref="SamplingMode.Probabilistic"/> admits, from 0 to 1.</summary>
    public double Rate { get; set; } = 1;

    /// <summary>The window of <see cref="SamplingMode.Throttled"/>.</summary>
    public TimeSpan ThrottleWindow { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many events of one name <see cref="SamplingMode.Throttled"/> admits in a window.</summary>
    public int MaxEventsPerWindow { get; set; } = 100;

    internal SamplingOptions Copy() => (SamplingOptions)MemberwiseClone();

    /// <summary>Every fault of these options, each with the name of its property; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (Mode is < SamplingMode.Always or > SamplingMode.Throttled)
        {
            faults.Add($"{nameof(Mode)}: {(int)Mode} is not one of Always, Never, Probabilistic, Throttled.");
        }

        if (Rate is not (>= 0 and <= 1))
        {
            faults.Add(FormattableString.Invariant($"{nameof(Rate)}: {Rate} is not between 0 and 1."));
        }

        if (ThrottleWindow <= TimeSpan.Zero)
        {
            faults.Add($"{nameof(ThrottleWindow)}: {ThrottleWindow} is not longer than zero.");
        }

        if (MaxEventsPerWindow < 1)
        {
            faults.Add(FormattableString.Invariant($"{nameof(MaxEventsPerWindow)}: {MaxEventsPerWindow} is not at least 1."));
        }

        return faults;
    }
}
