using TelemetryActors.Delivery;

namespace TelemetryActors.TestKit.Sinks;

/// <summary>Throws for its first calls, then works.</summary>
public sealed class ThrowingSink(int times) : RecordingSink
{
    /// <inheritdoc />
    protected override ValueTask<SinkOutcome> AnswerAsync(SinkBatch batch, CancellationToken cancellation) =>
        Calls <= times ? throw new InvalidOperationException("thrown by the test") : ValueTask.FromResult(SinkOutcome.Delivered);
}
