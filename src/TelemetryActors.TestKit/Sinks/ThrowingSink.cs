using TelemetryActors.Delivery;

namespace TelemetryActors.TestKit.Sinks;

/// <summary>Throws for its first calls, then works.</summary>
/// <param name="times">How many calls.</param>
/// <param name="message">What the exception says.</param>
public sealed class ThrowingSink(int times, string message = "thrown by the test") : RecordingSink
{
    /// <inheritdoc />
    protected override ValueTask<SinkOutcome> AnswerAsync(SinkBatch batch, CancellationToken cancellation) =>
        Calls <= times ? throw new InvalidOperationException(message) : ValueTask.FromResult(SinkOutcome.Delivered);
}
