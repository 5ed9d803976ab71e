using TelemetryActors.Delivery;

namespace TelemetryActors.TestKit.Sinks;

/// <summary>Refuses a batch that holds an event of any other name than that of <see cref="Lines.Event"/>, as a collector with a schema does.</summary>
public sealed class StrictSink : RecordingSink
{
    /// <inheritdoc />
    protected override ValueTask<SinkOutcome> AnswerAsync(SinkBatch batch, CancellationToken cancellation) => ValueTask.FromResult(
        batch.Events().All(line => line.Span.IndexOf("\"test.event\""u8) >= 0) ? SinkOutcome.Delivered : new SinkOutcome.Rejected("HTTP 400"));
}
