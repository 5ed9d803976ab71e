using TelemetryActors.Log;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Looks at the rings that their slots have gone on without. Nothing is locked, and no file changed.</summary>
/// <param name="files">The base directory's files.</param>
/// <param name="folder">The base directory.</param>
/// <param name="placement">Where rings may be.</param>
/// <param name="logFile">The log's file when it has a name of its own.</param>
internal sealed class StrandedRingLook(IFileSystem files, BaseFolder folder, RingPlacement placement, string? logFile)
{
    /// <summary>All there are, with what no file of the log has.</summary>
    /// <param name="faults">Takes what cannot be looked at.</param>
    public IReadOnlyList<SlotRing> All(List<string> faults)
    {
        List<SlotRing> found = [];
        foreach (var candidate in StrandedRing.Candidates(placement, folder.Path))
        {
            try
            {
                if (TryLook(candidate) is { } ring)
                {
                    found.Add(ring);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                faults.Add($"slot {candidate.Slot}: the ring {candidate.Path} cannot be looked at: {exception.Message}");
            }
        }

        return found;
    }

    private SlotRing? TryLook(StrandedRing candidate)
    {
        var log = new LogFolder(files, folder.Path, logFile, candidate.Slot);
        if ((candidate.IsInPlace && files.Identify(candidate.Path) is { } file && LockHolder.Find(file) is not null) || !candidate.IsStranded(log)
            || RingFactory.TryView(candidate.Path, candidate.Stream, isOwned: false) is not { } memory)
        {
            return null;
        }

        var rest = StrandedRest.Of(new EventRing(memory, TimeSpan.Zero), LogRecovery.Recover(log).Index, log);
        var there = new WrittenLines(files, folder.Path, logFile).Among(rest.Ids(), syncs: false, rest.Doubtful);
        var onlyHere = 0L;
        rest.ForEach((line, _) => onlyHere += there.Has(line.Span[..^1]) ? 0 : 1);
        return new SlotRing(candidate.Slot, candidate.Path, RingCondition.Stranded, rest.From) { OnlyHere = onlyHere };
    }
}
