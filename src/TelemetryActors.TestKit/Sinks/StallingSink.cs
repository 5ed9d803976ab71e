using TelemetryActors.Delivery;

namespace TelemetryActors.TestKit.Sinks;

/// <summary>Blocks its thread, deaf to cancellation, until it is let go; then works.</summary>
public sealed class StallingSink : RecordingSink
{
    private readonly ManualResetEventSlim _release = new();

    /// <summary>Lets the call that hangs, and all later ones, go on.</summary>
    public void Release() => _release.Set();

    /// <inheritdoc />
    protected override ValueTask<SinkOutcome> AnswerAsync(SinkBatch batch, CancellationToken cancellation)
    {
        _release.Wait(CancellationToken.None);
        return ValueTask.FromResult(SinkOutcome.Delivered);
    }
}
