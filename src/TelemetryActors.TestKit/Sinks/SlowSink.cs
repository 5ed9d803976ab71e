using TelemetryActors.Delivery;

namespace TelemetryActors.TestKit.Sinks;

/// <summary>Takes a given time of the test's clock for each batch; honours cancellation.</summary>
public sealed class SlowSink(TimeProvider time, TimeSpan takes) : RecordingSink
{
    /// <inheritdoc />
    protected override async ValueTask<SinkOutcome> AnswerAsync(SinkBatch batch, CancellationToken cancellation)
    {
        await Task.Delay(takes, time, cancellation);
        return SinkOutcome.Delivered;
    }
}
