using TelemetryActors.Delivery;
using TelemetryActors.Supervision;

namespace TelemetryActors.Pipeline;

/// <summary>One sink of a pipeline: how it is fed, how it is made, where its state is kept.</summary>
/// <param name="Name">Names its files, its status and its commands: lower-case letters, digits, hyphens.</param>
/// <param name="Policy">How it is fed and how its failures are met.</param>
/// <param name="Create">Makes the sink; called again after it threw. Runs on the sink's own thread.</param>
public sealed record SinkDefinition(string Name, SinkPolicy Policy, Func<SinkContext, ISink> Create)
{
    /// <summary>Where cursors and counts are kept.</summary>
    public KeptState State { get; init; }

    /// <summary>Whether a sink that never ran begins with what comes next instead of with the oldest event: consent given today does not cover yesterday.</summary>
    public bool StartsAtTail { get; init; }

    /// <summary>Whether what is there should go now, without waiting for a batch to fill; asked often, answers at once.</summary>
    public Func<bool> Hurry { get; init; } = () => false;

    /// <summary>Which events make it ask its destination, where not all do; each is given without its line feed. The newest of them tests a sink that refuses all; null: any event.</summary>
    internal Func<ReadOnlyMemory<byte>, bool>? Asks { get; init; }

    /// <summary>Whether it sends only what is recorded while consent is (D.9): when consent comes, what waits is skipped and its circuit is reset.</summary>
    public bool NeedsConsent { get; init; }

    /// <summary>Whether what opened a circuit that was kept is over by now, so that a start need not wait for its end; null: never.</summary>
    internal Func<CircuitRecord, bool>? IsCauseOver { get; init; }

    /// <summary>Whether the end of the program is no reason to send what is not due: it stays for the next one, and its wait goes on.</summary>
    /// <remarks>For destinations in which each batch leaves something of its own, such as an object in a bucket.</remarks>
    public bool SendsOnlyWhatIsDue { get; init; }

    /// <summary>Whether this is the event log, which starts first, is drained first, and alone can hold the producers.</summary>
    public bool IsEventLog { get; init; }
}
