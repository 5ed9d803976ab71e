using TelemetryActors.Delivery;

namespace TelemetryActors.Sinks.Delegate;

/// <summary>A destination that is a delegate of the user's (S2.8).</summary>
public sealed class DelegateSink(Func<SinkBatch, CancellationToken, ValueTask<SinkOutcome>> deliver) : ISink
{
    /// <inheritdoc />
    public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation) => deliver(batch, cancellation);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
