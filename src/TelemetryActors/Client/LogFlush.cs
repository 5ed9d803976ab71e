using System.Diagnostics;
using TelemetryActors.Delivery;
using TelemetryActors.Log;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Client;

/// <summary>Waits for the device: until all that was accepted is on it, or, at a crash, as long as a dying process may.</summary>
/// <param name="own">The writer slot.</param>
/// <param name="syncer">Brings what was written to the device.</param>
/// <param name="crashes">Where crash events end.</param>
/// <param name="wakeLog">Has the log's thread look for who waits.</param>
internal sealed class LogFlush(OwnSlot own, LogSyncer syncer, CrashMarks crashes, Action wakeLog)
{
    /// <summary>Waits until everything accepted before the call is on the device.</summary>
    public Task<FlushResult> FlushAsync()
    {
        var slot = own.Now;
        var tail = slot.Ring.Tail.Position;
        if (slot.Log.Synced >= tail)
        {
            return Task.FromResult(slot.Flushes.TakeVerdict());
        }

        // First the wish, then the look: the writer does it the other way round, so one of the two sees the other.
        var flushed = slot.Flushes.WaitFor(tail);
        Interlocked.MemoryBarrier();
        var (isWritten, hasMoved) = (slot.Log.WrittenPosition >= tail, own.Now != slot);
        if (isWritten || hasMoved)
        {
            syncer.Request();
        }

        // What was written in a slot that was lost meanwhile may still be to be written in the one that took its place.
        if (!isWritten || hasMoved)
        {
            wakeLog();
        }

        return flushed;
    }

    /// <summary>What was recorded last ends the process: waits until it is on the device and marked as not sent yet, as long as a dying process may.</summary>
    public void NoteCrash(TimeSpan limit)
    {
        var slot = own.Now;
        var behind = new SlotTail(slot.Number, slot.Ring.Tail);
        var noting = DiskCall.Begin("crash", () =>
        {
            crashes.Note(behind);
            return true;
        });
        var begun = Stopwatch.GetTimestamp();
        FlushAsync().Wait(limit);
        DiskCall.TryWait(noting, limit - Stopwatch.GetElapsedTime(begun), out _);
    }
}
