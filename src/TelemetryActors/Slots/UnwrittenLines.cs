using TelemetryActors.Browsing;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>Finds out whether a ring that its slot goes on with holds some lines which its log may not have yet: they will come to the log with it.</summary>
/// <remarks>Looks at the rings of a base directory where this process's may be, of living writers and dead ones. Nothing is locked or changed.</remarks>
/// <param name="settings">As for opening a slot.</param>
internal sealed class UnwrittenLines(SlotSettings settings)
{
    /// <param name="wanted">The lines.</param>
    /// <param name="runs">Runs, any end of which counts as well.</param>
    /// <returns>The ring that holds one; null when none does.</returns>
    /// <remarks>What is written while this looks stands in the log's files, for whoever reads them behind it.</remarks>
    /// <exception cref="IOException">A ring cannot be looked at now: nobody knows.</exception>
    public string? Holder(LineIds wanted, IReadOnlyCollection<string> runs)
    {
        foreach (var candidate in StrandedRing.Candidates(settings.Placement, settings.Base.Path).Where(candidate => candidate.IsInPlace))
        {
            // A stranded one waits for this one as little as this one for it: they are brought one behind the other.
            if (settings.Files.Identify(candidate.Path) is { } file && Holds(candidate, LockHolder.Find(file) is not null, wanted, runs))
            {
                return candidate.Path;
            }
        }

        return null;
    }

    private bool Holds(StrandedRing candidate, bool isLiving, LineIds wanted, IReadOnlyCollection<string> runs)
    {
        if (RingFactory.TryView(candidate.Path, candidate.Stream, isLiving) is not { } memory
            || (!isLiving && candidate.IsStranded(new Log.LogFolder(settings.Files, settings.Base.Path, settings.Log.File, candidate.Slot))))
        {
            return false;
        }

        var ring = new EventRing(memory, TimeSpan.Zero);
        var head = ring.FailedSync is { } failed ? Math.Min(failed.Position, ring.Head) : ring.Head;
        var isFound = false;
        new StrandedRest(ring, RingReader.TryLocate(ring, head) ?? RingReader.Oldest(ring), 0)
            .ForEach((line, _) => isFound = isFound || wanted.Has(line.Span[..^1]) || (RunEnds.TryParse(line[..^1]) is { } run && runs.Contains(run)));
        return isFound;
    }
}
