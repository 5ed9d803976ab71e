using System.Diagnostics;
using TelemetryActors.Log;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Client;

/// <summary>The end of a pipeline within one budget, whatever the disk does: the engine, the log's last fsync, the writer slot.</summary>
/// <remarks>Its time runs from when it is made. What the disk does not do in time goes on behind the caller's back while the process lives, and is told.</remarks>
internal sealed class PipelineEnd(TimeSpan budget, OwnSlot own, LogSyncer syncer, SlotArrival arrival, Action<TelemetryFailure> report)
{
    /// <summary>What the engine has of the budget; the rest is the last fsync's and the slot's.</summary>
    public const double EngineShare = 0.8;

    private readonly long _begun = Stopwatch.GetTimestamp();

    /// <summary>An engine that is still coming up is waited for, as long as there is time for it.</summary>
    public Task WaitForStartAsync(Task started) => Task.WhenAny(started, Left(EngineShare));

    /// <summary>Waits for the engine, brings the log to the device and gives the slot back.</summary>
    /// <param name="stopping">The engine's end: true when all its threads have ended.</param>
    /// <param name="hasStarted">Whether there was one.</param>
    public async Task RunAsync(Task<bool> stopping, bool hasStarted)
    {
        await Task.WhenAny(stopping, Left(EngineShare)).ConfigureAwait(false);
        var slot = own.Now;
        var ending = DiskCall.Begin("end", () => End(slot, stopping is { IsCompletedSuccessfully: true, Result: true }, hasStarted));
        await Task.WhenAny(ending, Left(1)).ConfigureAwait(false);
        slot.Flushes.SetUnavailable("The client has ended.");
        if (!ending.IsCompletedSuccessfully || !ending.Result)
        {
            report(new TelemetryFailure("shutdown", Unsynced(slot)));
        }
    }

    // What touches the disk, on a thread that may hang in it; whether everything is on the device.
    private bool End(WriterSlot slot, bool hasStopped, bool hasStarted)
    {
        // A remote sink that still hangs is no reason to leave the log unsynced: what counts is that its own writer is through.
        var isWritten = hasStopped || (hasStarted && slot.Log.WrittenPosition >= slot.Ring.Tail.Position);
        var mayTouchLog = isWritten && syncer.Stop(budget);
        if (mayTouchLog)
        {
            Sync(slot);
        }

        var isSynced = mayTouchLog && slot.Log.Synced >= slot.Ring.Tail.Position;
        slot.Release(mayTouchLog);
        arrival.Forget();
        return isSynced;
    }

    private void Sync(WriterSlot slot)
    {
        try
        {
            slot.Log.RewriteWhatFailed();
            slot.Log.Sync();
            slot.Flushes.Complete(slot.Log.Synced);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            report(new TelemetryFailure("fsync", exception.Message, exception));
        }

        if (slot.Log.TakeUntoldDoubt() is > 0 and var events)
        {
            report(new TelemetryFailure("fsync", FlushQueue.CauseOfDoubt(events)));
        }
    }

    private Task Left(double share)
    {
        var left = (budget * share) - Stopwatch.GetElapsedTime(_begun);
        return Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, TimeProvider.System);
    }

    private static string Unsynced(WriterSlot slot)
    {
        var bytes = slot.Ring.Tail.Position - slot.Log.Synced;
        return bytes > 0
            ? $"The disk did not take everything in time: {bytes} bytes of events are not known to be on it, and stay in {slot.Ring.Path ?? "memory, which ends with the process"}."
            : "The disk did not answer in time: everything is on it, and the next start looks after what is left of the writer slot.";
    }
}
