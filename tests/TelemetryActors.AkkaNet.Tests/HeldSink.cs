using TelemetryActors.Delivery;
using TelemetryActors.TestKit.Sinks;

namespace TelemetryActors.AkkaNet.Tests;

/// <summary>Holds its calls, deaf to cancellation and without a thread, until it is let go; reads its lines only then.</summary>
internal sealed class HeldSink : RecordingSink
{
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay;

    /// <summary>The most calls that were under way at once.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>Whether a call was told to end.</summary>
    public bool WasCancelled { get; private set; }

    /// <summary>Lets the calls that are held, and all later ones, go on.</summary>
    public void Release() => _release.SetResult();

    /// <inheritdoc />
    protected override async ValueTask<SinkOutcome> AnswerAsync(SinkBatch batch, CancellationToken cancellation)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _underWay));
        await using var told = cancellation.Register(() => WasCancelled = true);
        await _release.Task;
        Interlocked.Decrement(ref _underWay);
        return SinkOutcome.Delivered;
    }
}
