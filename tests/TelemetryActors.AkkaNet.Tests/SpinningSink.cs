using TelemetryActors.Delivery;
using TelemetryActors.TestKit.Sinks;

namespace TelemetryActors.AkkaNet.Tests;

/// <summary>Keeps its thread busy, deaf to cancellation, until it is let go.</summary>
internal sealed class SpinningSink : RecordingSink
{
    private volatile bool _isReleased;

    /// <summary>Lets the call that spins, and all later ones, go on.</summary>
    public void Release() => _isReleased = true;

    /// <inheritdoc />
    protected override ValueTask<SinkOutcome> AnswerAsync(SinkBatch batch, CancellationToken cancellation)
    {
        while (!_isReleased)
        {
            // Busy, and no busier than a test may be.
            Thread.Yield();
        }

        return ValueTask.FromResult(SinkOutcome.Delivered);
    }
}
