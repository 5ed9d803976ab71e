using TelemetryActors.Delivery;

namespace TelemetryActors.Cli;

/// <summary>Answers nothing, deaf to cancellation, until it is let go; then works.</summary>
internal sealed class HeldSink(Task release) : ISink
{
    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        await release;
        return SinkOutcome.Delivered;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
