namespace TelemetryActors.Delivery;

/// <summary>A destination of events. The one thing to implement for a destination of your own.</summary>
/// <remarks>
/// One call at a time, on a thread that only this sink has; a call may take as long as its policy's timeout.
/// A sink says what happened and does not throw; an exception counts as <see cref="SinkOutcome.Retry"/> and the sink is made anew.
/// Delivery is at least once: a batch whose outcome was lost is repeated with the same bounds.
/// </remarks>
public interface ISink : IAsyncDisposable
{
    /// <summary>Delivers one batch.</summary>
    /// <param name="batch">The events; valid until the call ends.</param>
    /// <param name="cancellation">Cancelled when the call's time is over or the pipeline stops.</param>
    /// <returns>What happened, as data.</returns>
    ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation);
}
