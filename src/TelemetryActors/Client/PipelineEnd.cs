using System.Diagnostics;
using System.Globalization;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Client;

/// <summary>The end of a pipeline within one budget, whatever the disk does: the engine, the log's last fsync, the writer slot.</summary>
/// <remarks>Its time runs from when it is made. What the disk does not do in time goes on behind the caller's back while the process lives, and is told.</remarks>
/// <param name="budget">For all of it.</param>
/// <param name="own">The writer slot.</param>
/// <param name="syncer">Brings the log to the device.</param>
/// <param name="arrival">The wait for the base directory.</param>
/// <param name="logWatch">Tells those who wait for the log that nothing comes any more.</param>
/// <param name="cause">Why the log takes nothing; null when nobody knows.</param>
/// <param name="report">Takes what is to be told.</param>
internal sealed class PipelineEnd(
    TimeSpan budget, OwnSlot own, LogSyncer syncer, SlotArrival arrival, LogWatch logWatch, Func<string?> cause, Action<TelemetryFailure> report)
{
    /// <summary>What the engine has of the budget; the rest is the last fsync's and the slot's.</summary>
    public const double EngineShare = 0.8;

    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();
    private LeftAtEnd? _remains;

    /// <summary>What the log does not have; known once the end has run.</summary>
    public LeftAtEnd Remains => _remains ?? default;

    /// <summary>An engine that is still coming up is waited for, as long as there is time for it.</summary>
    public Task WaitForStartAsync(Task started) => Task.WhenAny(started, Left(EngineShare));

    /// <summary>Waits for the engine, brings the log to the device and gives the slot back.</summary>
    /// <param name="stopping">The engine's end: true when all its threads have ended.</param>
    /// <param name="hasStarted">Whether there was one.</param>
    /// <param name="mayWriteRest">Whether what the engine has not brought to the log is brought there here: nothing else writes it, and the disk takes it as far as is known.</param>
    public async Task RunAsync(Task<bool> stopping, bool hasStarted, Func<bool> mayWriteRest)
    {
        await Task.WhenAny(stopping, Left(EngineShare)).ConfigureAwait(false);
        var slot = own.Now;
        var ending = DiskCall.Begin("end", () => End(slot, stopping is { IsCompletedSuccessfully: true, Result: true }, hasStarted, mayWriteRest));
        await Task.WhenAny(ending, Left(1)).ConfigureAwait(false);
        logWatch.End();
        Look(slot, slot.Log.Written);
        if (!ending.IsCompletedSuccessfully || !ending.Result)
        {
            report(new TelemetryFailure(LocalPipeline.EndName, Unsynced(slot)));
        }
    }

    // What touches the disk, on a thread that may hang in it; whether everything is on the device.
    private bool End(WriterSlot slot, bool hasStopped, bool hasStarted, Func<bool> mayWriteRest)
    {
        if (mayWriteRest())
        {
            WriteRest(slot);
        }

        // A remote sink that still hangs is no reason to leave the log unsynced: what counts is that its own writer is through.
        var isWritten = hasStopped || (hasStarted && slot.Log.WrittenPosition >= slot.Ring.Tail.Position);
        var mayTouchLog = isWritten && syncer.Stop(budget);
        if (mayTouchLog)
        {
            Sync(slot);
        }

        var isSynced = mayTouchLog && slot.Log.Synced >= slot.Ring.Tail.Position;

        // Another process may have the ring a moment later.
        Look(slot, isSynced ? slot.Log.Written : LeftAtEnd.WrittenTo(slot));
        slot.Release(mayTouchLog);
        arrival.Forget();
        return isSynced;
    }

    // A slot that another process has by now is not written to. What the disk refuses stays in the ring, and is told with what else does.
    private void WriteRest(WriterSlot slot)
    {
        try
        {
            if (slot.Log.WrittenPosition < slot.Ring.Tail.Position && slot.TrySaveState(isClean: false))
            {
                slot.BringRest();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            report(new TelemetryFailure(LocalPipeline.EventLogName, exception.Message, exception));
        }
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

    private void Look(WriterSlot slot, Cursor written)
    {
        lock (_gate)
        {
            _remains ??= LeftAtEnd.Of(slot, written);
        }
    }

    private string Unsynced(WriterSlot slot)
    {
        var written = slot.Log.WrittenPosition - slot.Log.Synced;
        if (Remains is { Kept: 0, Lost: 0 } && written <= 0)
        {
            return "The disk did not answer in time: all events are in the event log on it, but how far the sinks are may not be, and the next start looks after what is left of the writer slot.";
        }

        List<string> parts = [cause() is { } why ? $"The event log could not be written: {why}" : "The disk did not take everything in time"];
        AddCount(parts, Remains.Kept, $"events are kept in the ring {slot.Ring.Path} and written at the next start");
        AddCount(parts, written, "bytes of events were written and are not known to be on the device");
        AddCount(parts, Remains.Overwritten, "events were overwritten in the ring and are lost");
        AddCount(parts, Remains.InMemory, "events were in this process's memory alone and are lost");
        return string.Join("; ", parts);
    }

    private static void AddCount(List<string> parts, long count, string what)
    {
        if (count > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {what}"));
        }
    }
}
