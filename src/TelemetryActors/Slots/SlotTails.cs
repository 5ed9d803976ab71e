using TelemetryActors.Delivery;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>Behind what the newest event of each writer slot stands now, of living writers and dead ones: by their rings, and by the log where there is none.</summary>
/// <remarks>Takes no lock and changes nothing. A ring in plain memory, or in a directory that only its owner knows, is not seen: then its log counts.</remarks>
/// <param name="files">The disk.</param>
/// <param name="baseDirectory">The base directory.</param>
/// <param name="logFile">The log's file when it has a name of its own.</param>
/// <param name="ringDirectory">Where rings are; null looks where this process would place one.</param>
internal sealed class SlotTails(IFileSystem files, string baseDirectory, string? logFile = null, string? ringDirectory = null)
{
    /// <exception cref="IOException">The log cannot be looked at.</exception>
    public IReadOnlyList<SlotTail> Now()
    {
        var rings = Rings().GroupBy(tail => tail.Slot).ToDictionary(same => same.Key, same => same.ToList());
        var folder = new LogFolder(files, baseDirectory, logFile, slot: 1);
        var slots = folder.AllSlots().Concat(folder.AllStates()).Concat(rings.Keys).Distinct().Order();
        return [.. slots.SelectMany(slot => rings.GetValueOrDefault(slot) ?? OfLog(slot))];
    }

    private IEnumerable<SlotTail> Rings()
    {
        var directory = ringDirectory ?? RingPlacement.Find(Path.Combine(baseDirectory, "state")).Directory;
        return directory is null || !Directory.Exists(directory)
            ? []
            : Directory.EnumerateFiles(directory, "*.ring").Select(path => RingFactory.TailOf(path, baseDirectory)).OfType<SlotTail>();
    }

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
