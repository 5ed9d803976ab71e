using TelemetryActors.Delivery;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>Behind what the newest event of each writer slot stands now, of living writers and dead ones: by their rings, and by the log, whichever is further.</summary>
/// <remarks>Takes no lock and changes nothing. A ring in plain memory, or in a directory that only its owner knows, is not seen; one that is seen may be a dead writer's, behind which another has gone on.</remarks>
/// <param name="files">The disk.</param>
/// <param name="baseDirectory">The base directory.</param>
/// <param name="logFile">The log's file when it has a name of its own.</param>
/// <param name="placement">Where rings may be; null looks where this process would make one.</param>
internal sealed class SlotTails(IFileSystem files, string baseDirectory, string? logFile = null, RingPlacement? placement = null)
{
    /// <exception cref="IOException">The log cannot be looked at.</exception>
    public IReadOnlyList<SlotTail> Now()
    {
        // The rings first: what goes from one to the log meanwhile is found there.
        var ofRings = Rings().ToList();
        var folder = new LogFolder(files, baseDirectory, logFile, slot: 1);
        var ofLogs = folder.AllSlots().Concat(folder.AllStates()).Distinct().SelectMany(OfLog);
        return [.. ofRings.Concat(ofLogs).GroupBy(tail => (tail.Slot, tail.Tail.Stream)).OrderBy(same => same.Key.Slot).Select(same => same.MaxBy(tail => tail.Tail.Position))];
    }

    private IEnumerable<SlotTail> Rings() => (placement ?? RingPlacement.Find(Path.Combine(baseDirectory, "state"))).Files("*.ring")
        .Select(path => RingFactory.TailOf(path, baseDirectory)).OfType<SlotTail>();

    private IEnumerable<SlotTail> OfLog(int slot)
    {
        var recovered = LogRecovery.Recover(new LogFolder(files, baseDirectory, logFile, slot));
        if (recovered.Stream != StreamId.None)
        {
            yield return new SlotTail(slot, new Cursor(
                recovered.Stream, Math.Max(recovered.End.Position, recovered.Known.Position), Math.Max(recovered.End.Ordinal, recovered.Known.Ordinal)));
        }
    }
}
