namespace TelemetryActors.Sampling;

/// <summary>How events are chosen (S2.9).</summary>
public enum SamplingMode
{
    /// <summary>Every event.</summary>
    Always = 0,

    /// <summary>No event at all.</summary>
    Never,

    /// <summary>A share of all events, by chance.</summary>
    Probabilistic,

    /// <summary>At most so many events of a name in a window of time.</summary>
    Throttled,
}
