using TelemetryActors.Sampling;

namespace TelemetryActors.Configuration;

/// <summary>What can be changed while a client runs (S2.16); begins with what is set now.</summary>
public sealed class ConfigUpdate
{
    internal ConfigUpdate(TelemetryOptions options)
    {
        Enabled = options.Enabled;
        Sampling = options.Sampling.Mode;
        SamplingRate = options.Sampling.Rate;
        ThrottleWindow = options.Sampling.ThrottleWindow;
        MaxEventsPerWindow = options.Sampling.MaxEventsPerWindow;
        MaxBufferSize = options.Http.MaxBufferSize;
        FlushInterval = options.Http.FlushInterval;
    }

    /// <summary>Whether anything is recorded, and sent to any sink but the event log. A false from outside the program wins and cannot be taken back here.</summary>
    public bool Enabled { get; set; }

    /// <summary>How events are chosen.</summary>
    public SamplingMode Sampling { get; set; }

    /// <summary>The share that <see cref="SamplingMode.Probabilistic"/> admits, from 0 to 1.</summary>
    public double SamplingRate { get; set; }

    /// <summary>The window of <see cref="SamplingMode.Throttled"/>.</summary>
    public TimeSpan ThrottleWindow { get; set; }

    /// <summary>How many events of one name <see cref="SamplingMode.Throttled"/> admits in a window.</summary>
    public int MaxEventsPerWindow { get; set; }

    /// <summary>Waiting events that trigger an upload.</summary>
    public int MaxBufferSize { get; set; }

    /// <summary>The longest time an event waits for its upload.</summary>
    public TimeSpan FlushInterval { get; set; }

    internal void ApplyTo(TelemetryOptions options)
    {
        options.Enabled = Enabled;
        options.Sampling.Mode = Sampling;
        options.Sampling.Rate = SamplingRate;
        options.Sampling.ThrottleWindow = ThrottleWindow;
        options.Sampling.MaxEventsPerWindow = MaxEventsPerWindow;
        options.Http.MaxBufferSize = MaxBufferSize;
        options.Http.FlushInterval = FlushInterval;
    }
}
