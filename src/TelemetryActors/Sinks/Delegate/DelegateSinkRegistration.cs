using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Sinks.Delegate;

/// <summary>Defines sinks that are delegates: up to 3 attempts, 1000 ms x attempt between them (S2.70, D.1).</summary>
public static class DelegateSinkRegistration
{
    /// <summary>A delegate that either returns, and all is delivered, or throws, and the batch is tried again.</summary>
    public static SinkDefinition Define(string name, Func<SinkBatch, CancellationToken, ValueTask> deliver) =>
        Define(name, async (batch, cancellation) =>
        {
            await deliver(batch, cancellation);
            return SinkOutcome.Delivered;
        });

    /// <summary>A delegate that says what happened.</summary>
    public static SinkDefinition Define(string name, Func<SinkBatch, CancellationToken, ValueTask<SinkOutcome>> deliver) =>
        new(name, SinkPolicies.Custom, _ => new DelegateSink(deliver));
}
