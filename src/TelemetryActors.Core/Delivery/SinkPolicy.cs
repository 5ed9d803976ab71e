using TelemetryActors.Supervision;

namespace TelemetryActors.Delivery;

/// <summary>How a sink is fed, how failures are met and when its circuit opens.</summary>
/// <remarks>Start from one of <see cref="SinkPolicies"/> and change what differs; <see cref="SinkPolicyFaults"/> lists what cannot be.</remarks>
public sealed record SinkPolicy
{
    /// <summary>Waiting events that make a batch ready.</summary>
    public required int FlushEvents { get; init; }

    /// <summary>The most events in a batch.</summary>
    public required int MaxBatchEvents { get; init; }

    /// <summary>The most bytes in a batch, line feeds included; bounds the second and later events, never the first.</summary>
    public required int MaxBatchBytes { get; init; }

    /// <summary>The longest time an event waits for its batch to fill; zero sends at once. An upload that was kept begins no sooner than this after the last.</summary>
    public required TimeSpan FlushInterval { get; init; }

    /// <summary>Waits between the attempts of one upload; an upload has one attempt more than there are waits.</summary>
    public required IReadOnlyList<TimeSpan> RetryDelays { get; init; }

    /// <summary>What becomes of a batch when its upload has used all attempts.</summary>
    public required WhenExhausted WhenExhausted { get; init; }

    /// <summary>How long a call may take before it counts as failed.</summary>
    public required TimeSpan CallTimeout { get; init; }

    /// <summary>How long the call that tests an open circuit may take; no less than <see cref="CallTimeout"/> where the batch that failed is repeated over a slow line.</summary>
    public required TimeSpan ProbeTimeout { get; init; }

    /// <summary>When the circuit opens and for how long.</summary>
    public required CircuitPolicy Circuit { get; init; }

    /// <summary>The wait between two batches of the backlog that is left when a circuit closes; skipped while the backlog grows in spite of draining.</summary>
    public required TimeSpan DrainPace { get; init; }

    /// <summary>Answers with <c>Retry-After</c> in a row that count as no failure; the next one does.</summary>
    public int MaxRetryAfterInARow { get; init; } = 10;

    /// <summary>Rejections in a row, with nothing delivered between, that make it the sink's fault and not the events'.</summary>
    public int MaxRejectionsInARow { get; init; } = 20;

    /// <summary>What the sink does with personal data that is left.</summary>
    public PrivacyPolicy Privacy { get; init; }

    /// <summary>Whether a batch's bounds are kept before its first byte goes out, so that a restart repeats it exactly.</summary>
    /// <remarks>For sinks whose effect is named by the bounds, such as objects in a bucket.</remarks>
    public bool KeepsBoundsFirst { get; init; }

    /// <summary>Attempts of one upload.</summary>
    public int AttemptsPerUpload => RetryDelays.Count + 1;

    /// <summary>The same policy with another size and age of batches.</summary>
    public SinkPolicy WithBatching(int flushEvents, TimeSpan flushInterval) => this with
    {
        FlushEvents = flushEvents,
        FlushInterval = flushInterval,
        MaxBatchEvents = Math.Max(MaxBatchEvents, flushEvents),
    };

    /// <summary>How long a call may take.</summary>
    public TimeSpan TimeoutOf(bool isProbe) => isProbe ? ProbeTimeout : CallTimeout;
}
