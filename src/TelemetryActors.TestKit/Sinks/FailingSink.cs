using TelemetryActors.Delivery;

namespace TelemetryActors.TestKit.Sinks;

/// <summary>Answers with a given outcome until it is told to work.</summary>
public sealed class FailingSink(SinkOutcome outcome) : RecordingSink
{
    private volatile bool _works;

    /// <summary>From now on everything is taken.</summary>
    public void Recover() => _works = true;

    /// <inheritdoc />
    protected override ValueTask<SinkOutcome> AnswerAsync(SinkBatch batch, CancellationToken cancellation) =>
        ValueTask.FromResult(_works ? SinkOutcome.Delivered : outcome);
}
